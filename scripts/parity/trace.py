"""The trace: a JSON line as a header for every experiment, and one for every step."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import torch

from experiment import Experiment, Step
from language import Choice, number, print_init

TEXT_OPTIONS = ("error_if_nonfinite",)
"""Options of a rule that a step line does not repeat."""


def header(experiment: Experiment, optimizer: Choice, **more: str) -> str:
    settings = experiment.settings
    return json.dumps({
        "trace": "clipscope", "version": 1, "seed": settings.seed, "model": str(settings.model), "task": str(settings.task),
        "init": print_init(settings.init), "optimizer": str(optimizer), **more,
        "parameters": [{"name": name, "shape": list(p.shape)} for name, p in experiment.named.items()],
    }, separators=(",", ":"))


def line(step: Step, dtype: torch.dtype) -> str:
    def measured(value: float) -> Any:
        return Number(value, dtype == torch.float32)

    def norms(values: dict[str, float]) -> dict[str, Any]:
        return {name: measured(value) for name, value in values.items()}

    options = {key: Number(number(value), False) for key, value in step.rule.options.items() if key not in TEXT_OPTIONS}
    return dump({
        "step": step.step, "loss": measured(step.loss), "total_norm": measured(step.total_norm), "factor": measured(step.factor),
        "total_norm_after": measured(step.total_norm_after), "clipped": int(step.clipped), "clip": step.rule.name, **options,
        "lr": Number(step.lr, False), "norms": norms(step.norms), "norms_after": norms(step.norms_after), "nonfinite": step.nonfinite,
    })


class Number:
    """A number that prints as the shortest decimal which reads back to the same float32 (or float64)."""

    def __init__(self, value: float, single: bool) -> None:
        self.value, self.single = value, single

    def __str__(self) -> str:
        if not math.isfinite(self.value):
            return '"nan"' if math.isnan(self.value) else '"inf"' if self.value > 0 else '"-inf"'
        with np.errstate(over="ignore"):
            text = str(np.float32(self.value)) if self.single else repr(self.value)
        return text.removesuffix(".0")


def dump(value: Any) -> str:
    """JSON without blanks; like json.dumps, but knows `Number`."""
    match value:
        case Number():
            return str(value)
        case dict():
            return "{" + ",".join(f"{json.dumps(key)}:{dump(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ",".join(map(dump, value)) + "]"
    return json.dumps(value)


def read(value: Any) -> float:
    """A number of a trace line: a JSON number or one of "nan", "inf", "-inf"."""
    return float(value)
