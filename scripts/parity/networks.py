"""The networks and their initial values, written as PyTorch modules whose parameter names clipscope shares.

Letters: T time, B batch, F features, H hidden. Sequences are (T, B, F), pictures (B, 1, size, size).
"""

from __future__ import annotations

import math
from typing import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from language import GATE_BIAS, Choice, ScenarioError

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": torch.tanh, "relu": F.relu, "sigmoid": torch.sigmoid, "gelu": F.gelu, "none": lambda x: x,
}


class SimpleNet(nn.Module):
    """The tutorial's network: two linear layers, by default nothing between."""

    def __init__(self, inputs: int = 10, outputs: int = 10, hidden: int = 100, activation: str = "none") -> None:
        super().__init__()
        self.fc1 = nn.Linear(inputs, hidden)
        self.fc2 = nn.Linear(hidden, outputs)
        self.activation = ACTIVATIONS[activation]

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(self.activation(self.fc1(x)))


class MLP(nn.Module):
    """fc1 … fcN, an activation after each but the last."""

    def __init__(self, inputs: int, outputs: int, hidden: list[int], activation: str) -> None:
        super().__init__()
        widths = [inputs, *hidden, outputs]
        self.depth = len(widths) - 1
        for index in range(self.depth):
            setattr(self, f"fc{index + 1}", nn.Linear(widths[index], widths[index + 1]))
        self.activation = ACTIVATIONS[activation]

    def forward(self, x: Tensor) -> Tensor:
        for index in range(1, self.depth):
            x = self.activation(getattr(self, f"fc{index}")(x))
        return getattr(self, f"fc{self.depth}")(x)


class Recurrent(nn.Module):
    """rnn, lstm or gru, then `fc` on the last step or on every step; the first state is zero."""

    def __init__(self, kind: str, inputs: int, outputs: int, hidden: int, layers: int, every_step: bool, **options: str) -> None:
        super().__init__()
        cell = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[kind]
        self.kind, self.every_step = kind, every_step
        setattr(self, kind, cell(inputs, hidden, layers, **options))
        self.fc = nn.Linear(hidden, outputs)

    def forward(self, x: Tensor) -> Tensor:
        states, _ = getattr(self, self.kind)(x)
        return self.fc(states if self.every_step else states[-1])


class CNN(nn.Module):
    """3×3 convolutions, 2×2 average pools after a third and two thirds of them, a head, one linear layer."""

    def __init__(self, size: int, classes: int, depth: int, channels: int, activation: str, pool: int, head: str) -> None:
        super().__init__()
        self.depth, self.head = depth, head
        self.pools = {0: [], 1: [depth // 2], 2: [depth // 3, 2 * depth // 3]}[pool]
        for index in range(1, depth + 1):
            setattr(self, f"conv{index}", nn.Conv2d(1 if index == 1 else channels, channels, 3, padding=1))
            if index in self.pools:
                size //= 2
        self.fc = nn.Linear(channels if head == "mean" else channels * size * size, classes)
        self.activation = ACTIVATIONS[activation]

    def forward(self, x: Tensor) -> Tensor:
        for index in range(1, self.depth + 1):
            x = self.activation(getattr(self, f"conv{index}")(x))
            for _ in range(self.pools.count(index)):
                x = F.avg_pool2d(x, 2)
        return self.fc(x.mean((2, 3)) if self.head == "mean" else x.flatten(1))


def widths(text: str) -> list[int]:
    """`64x3` is [64, 64, 64]; `64,32` is [64, 32]."""
    if "x" in text:
        width, count = text.split("x")
        return [int(width)] * int(count)
    return [int(width) for width in text.split(",")]


def build(model: Choice, inputs: int, outputs: int, every_step: bool) -> nn.Module:
    """The module with PyTorch's default initial values, drawn from the global generator. For `cnn`, inputs is the picture's side."""
    o = model.options
    match model.name:
        case "simplenet":
            return SimpleNet(inputs, outputs, model.whole("hidden"), o["activation"])
        case "mlp":
            return MLP(inputs, outputs, widths(o["hidden"]), o["activation"])
        case "cnn":
            return CNN(inputs, outputs, model.whole("depth"), model.whole("channels"), o["activation"], model.whole("pool"), o["head"])
    options = {"nonlinearity": o["nonlinearity"]} if model.name == "rnn" else {}
    return Recurrent(model.name, inputs, outputs, model.whole("hidden"), model.whole("layers"), every_step, **options)


def is_weight(parameter: Tensor) -> bool:
    return parameter.dim() > 1


@torch.no_grad()
def initialise(module: nn.Module, model: Choice, init: Choice) -> None:
    """Draws again over the default values, in parameter order; then the gate biases, which draw nothing."""
    if init.name in ("radius", "orthogonal", "identity") and model.name not in ("rnn", "lstm", "gru"):
        raise ScenarioError(f"init {init.name} needs a recurrent model")
    named = list(module.named_parameters())
    last_weight = [name for name, p in named if is_weight(p)][-1]
    for name, p in named:
        if not is_weight(p):
            if init.name != "default":
                nn.init.zeros_(p)
            continue
        match init.name:
            case "gain":
                gain = 1.0 if name == last_weight else init.number("gain")
                nn.init.normal_(p, 0.0, gain / math.sqrt(p[0].numel()))  # p[0].numel() is fan_in
            case "radius" if "weight_hh" in name:
                nn.init.normal_(p, 0.0, init.number("radius") / math.sqrt(p.shape[1]))
            case "orthogonal" if "weight_hh" in name:
                nn.init.orthogonal_(p, gain=init.number("orthogonal"))
            case "identity" if "weight_hh" in name:
                nn.init.eye_(p)
            case "identity" if "weight_ih" in name:
                nn.init.normal_(p, 0.0, 0.3)
            case "xavier":
                nn.init.xavier_uniform_(p)
            case "kaiming":
                nn.init.kaiming_normal_(p, nonlinearity="relu")
    gate = GATE_BIAS.get(model.name)
    if gate in model.options:
        _set_gate_bias(module, model.name, model.number(gate))


def _set_gate_bias(module: nn.Module, kind: str, value: float) -> None:
    """PyTorch's gates: LSTM input, forget, cell, output; GRU reset, update, new. Either way it is the second one."""
    gates = {"lstm": 4, "gru": 3}[kind]
    for name, p in module.named_parameters():
        if "bias_ih" in name or "bias_hh" in name:
            p.chunk(gates)[1].fill_(value if "bias_ih" in name else 0.0)
