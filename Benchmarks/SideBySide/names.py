"""Names of benchmarks, as Benchmarks --grammar has them, and what they mean."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts" / "parity"))

from language import MODELS, TASKS, Choice, choose, parse  # noqa: E402


def words(part: str) -> str:
    """`rnn,hidden=64` is `rnn hidden=64`; in `mlp,hidden=64,32` the second comma stays."""
    text = ""
    for word in part.split(","):
        text += (" " if "=" in word else ",") + word if text else word
    return text


@dataclass(frozen=True)
class Step:
    """`step/MODEL/TASK`."""

    model: Choice
    task: Choice

    @staticmethod
    def of(name: str) -> "Step":
        family, model, task = name.split("/")
        if family != "step":
            raise ValueError(f"{name} is not a step")
        return Step(choose("model", MODELS, parse(f"model {words(model)}")[0]),
                    choose("task", TASKS, parse(f"task {words(task)}")[0]))


@dataclass(frozen=True)
class Clip:
    """`clip/norm/COUNTx2^N/clipped`."""

    arrays: int
    elements: int
    clipped: bool

    @staticmethod
    def of(name: str) -> "Clip":
        _, _, size, kind = name.split("/")
        arrays, elements = size.split("x")
        return Clip(int(arrays), 1 << int(elements.removeprefix("2^")), kind == "clipped")
