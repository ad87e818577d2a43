"""How many floating-point operations the products of a step are: what it would take at the peak, and nothing else."""

from __future__ import annotations

from names import Step

INPUTS = {"regression": 10, "sine": 10, "adding": 2, "temporal-order": 6}
OUTPUTS = {"regression": 10, "sine": 1, "adding": 1, "temporal-order": 4, "shapes": 4}


def linear(batch: int, inputs: int, outputs: int, first: bool = False) -> int:
    """Forward, the weight's gradient, and the input's where anyone needs it."""
    return 2 * batch * inputs * outputs * (2 if first else 3)


def operations(step: Step) -> int:
    model, task = step.model, step.task
    batch, outputs = task.whole("batch"), OUTPUTS[task.name]
    if model.name in ("simplenet", "mlp"):
        text = model.options["hidden"]
        if model.name == "simplenet":
            hidden = [int(text)]
        else:
            hidden = [int(text.split("x")[0])] * int(text.split("x")[1]) if "x" in text else [int(n) for n in text.split(",")]
        widths = [INPUTS[task.name], *hidden, outputs]
        return sum(linear(batch, a, b, first=n == 0) for n, (a, b) in enumerate(zip(widths, widths[1:])))
    if model.name == "rnn":
        hidden, length = model.whole("hidden"), task.whole("length")
        # the first step's state is zero: one product less forward, and none of its backward ones
        cells = length * linear(batch, INPUTS[task.name], hidden, first=True) + (length - 1) * linear(batch, hidden, hidden)
        return cells + linear(batch, hidden, outputs)
    if model.name == "cnn" and model.options["pool"] == "0":
        pixels, channels = batch * task.whole("size") ** 2, model.whole("channels")
        layers = linear(pixels, 9, channels, first=True) + (model.whole("depth") - 1) * linear(pixels, 9 * channels, channels)
        flat = channels * task.whole("size") ** 2 if model.options["head"] == "flatten" else channels
        return layers + linear(batch, flat, outputs)
    raise ValueError(f"nobody has counted the operations of {model}")
