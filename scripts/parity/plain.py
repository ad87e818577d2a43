"""What the programs of handwritten.py share: a training loop that writes down what a trace has, and the files two of the tasks read."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

dtype = torch.float32
"""What the networks compute in. All numbers are drawn in float32 whatever it is, as the draws of float64 are others."""

PROGRAMS: dict[str, tuple[str, bool, Callable[[], Training]]] = {}
"""By name: the scenario, whether it is chaotic, and the program."""


def like(scenario: str, chaotic: bool = False) -> Callable[[Callable[[], Training]], Callable[[], Training]]:
    """Names the scenario whose trace a program is to give."""
    def keep(program: Callable[[], Training]) -> Callable[[], Training]:
        PROGRAMS[program.__name__.replace("_", "-")] = (scenario, chaotic, program)
        return program
    return keep


@dataclass
class Norm:
    """`clip norm`."""

    max_norm: float = 1.0
    norm_type: float = 2.0

    def __call__(self, parameters: list[nn.Parameter]) -> float:
        total = nn.utils.clip_grad_norm_(parameters, self.max_norm, norm_type=self.norm_type)
        return torch.clamp(self.max_norm / (total + 1e-6), max=1.0).item()


@dataclass
class Value:
    """`clip value`."""

    clip_value: float = 1.0
    norm_type: float = 2.0

    def __call__(self, parameters: list[nn.Parameter]) -> float:
        """No single factor: what the trace prints is the total norm after over the one before."""
        before = nn.utils.get_total_norm([p.grad for p in parameters])
        nn.utils.clip_grad_value_(parameters, self.clip_value)
        return (nn.utils.get_total_norm([p.grad for p in parameters]) / before).item()


@dataclass
class Off:
    """`clip off`."""

    norm_type: float = 2.0

    def __call__(self, parameters: list[nn.Parameter]) -> float:
        return 1.0


@dataclass
class Training:
    """A network that learns. `loss_of` draws a batch and gives its loss."""

    task: str
    model: nn.Module
    optimizer: torch.optim.Optimizer
    loss_of: Callable[..., Tensor]
    lines: list[dict[str, Any]] = field(default_factory=list)

    def steps(self, count: int, clip: Any, accumulate: int = 1, **first_batch: float) -> None:
        """`first_batch` goes to `loss_of` for the first batch of all: an outlier."""
        named = dict(self.model.named_parameters())
        for _ in range(count):
            self.optimizer.zero_grad()
            loss = 0.0
            for _ in range(accumulate):
                part = self.loss_of(**first_batch) / accumulate
                first_batch = {}
                part.backward()
                loss += part.item()
            before, total = norms(named, clip.norm_type)
            bad = [name for name, p in named.items() if not torch.isfinite(p.grad).all()]
            factor = clip(list(named.values()))
            after, total_after = norms(named, clip.norm_type)
            self.optimizer.step()
            self.lines.append({"task": self.task, "loss": loss, "total_norm": total, "factor": factor, "norms": before,
                               "total_norm_after": total_after, "norms_after": after, "nonfinite": bad})


def norms(named: dict[str, nn.Parameter], order: float) -> tuple[dict[str, float], float]:
    """The norm of each gradient, and the norm of these."""
    each = {name: torch.linalg.vector_norm(p.grad, order) for name, p in named.items()}
    return {name: norm.item() for name, norm in each.items()}, torch.linalg.vector_norm(torch.stack(list(each.values())), order).item()


def write_files(folder: Path) -> None:
    """A text of letters, accents and signs beyond the basic plane; a table of numbers with a column of words, and one without it."""
    words = ["Ähre", "clip", "naïve", "norm", "𝛻𝛻", "step\n", "no", "über", "x²", "–"]
    (folder / "words.txt").write_text(" ".join(words[k * k % 7 + k % 4] for k in range(300)), encoding="utf-8")
    rows = ["height,kind,weight,age"]
    for k in range(41):
        kind = ("wolf", "ant", "Bee", "ant2")[(k * k + k // 3) % 4]
        rows.append(f"{1.5 + math.sin(k):.3f},{kind},{100 * math.cos(k * k) + 2 * k:.2f},{k * 7 % 23}")
    write_table(folder / "beasts.csv", rows)
    write_table(folder / "numbers.csv", [",".join(row.split(",")[:1] + row.split(",")[2:]) for row in rows])


def write_table(file: Path, rows: list[str]) -> None:
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
