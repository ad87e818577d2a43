#!/usr/bin/env python3
"""Two traces, step by step.

    compare.py A.jsonl B.jsonl [--limit 1e-5]

Prints one line: the largest relative difference of the loss, of a parameter's norm (before or after clipping), of the total norm
(before or after) and of the factor; the first steps at which any of them passes 1e-5, 1e-4 and 1e-3; and whether the same
parameters are non-finite in the same steps. B is the reference. Two NaN are equal, so are two equal infinities; a number and a
NaN are infinitely different. Differences are relative to the larger of the two, with a floor where the number itself is the
remainder of a cancellation: see LOSS_FLOOR and NORM_FLOOR. Status 0: within --limit (if given) and the non-finite names agree; 1: not; 2: no traces.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

THRESHOLDS = (1e-5, 1e-4, 1e-3)

LOSS_FLOOR = {"sum": 1.0}
"""By task: the loss of `sum` is a sum of ten numbers of about one, of either sign, so it is compared relative to at least 1."""
LOSS_FLOOR_ELSE = 1e-3

NORM_FLOOR = 0.1
"""A parameter's norm is compared relative to at least a tenth of the total norm of that step. A gradient is a sum whose terms
are of the size of the total; where they cancel (the one bias of a scalar output is the mean residual, and passes through zero)
what remains is rounding. At a limit of 1e-5 the floor still demands 1e-6 of the total."""


@dataclass
class Comparison:
    steps: int = 0
    loss: float = 0.0
    norms: float = 0.0
    total: float = 0.0
    factor: float = 0.0
    worst: str = ""
    """The number that differs most, with its step."""
    passed: dict[float, int | None] = field(default_factory=lambda: dict.fromkeys(THRESHOLDS))
    nonfinite: str = ""
    """The first disagreement about which parameters are non-finite; empty if there is none."""
    nonfinite_step: int | None = None
    lengths: tuple[int, int] = (0, 0)
    differences: list[float] = field(default_factory=list)
    """The largest difference of each step."""

    @property
    def largest(self) -> float:
        return max(self.loss, self.norms, self.total, self.factor)

    def first_over(self, limit: float) -> int | None:
        """The first step (1 is the first) that differs by more than `limit`."""
        return next((index for index, difference in enumerate(self.differences, 1) if difference > limit), None)

    def __str__(self) -> str:
        passed = " ".join(f">{limit:.0e}@{step if step else '-'}" for limit, step in self.passed.items())
        text = (f"{self.steps} steps  loss {self.loss:.1e}  norms {self.norms:.1e}  total {self.total:.1e}  factor {self.factor:.1e}  "
                f"{passed}  non-finite {self.nonfinite or 'agree'}")
        if self.lengths[0] != self.lengths[1]:
            text += f"  LENGTHS DIFFER {self.lengths[0]} {self.lengths[1]}"
        return text + (f"  worst {self.worst}" if self.largest > THRESHOLDS[0] else "")


def relative(a: float, b: float, floor: float = 0.0) -> float:
    if a == b or (math.isnan(a) and math.isnan(b)):
        return 0.0
    if not (math.isfinite(a) and math.isfinite(b)):
        return math.inf
    return abs(a - b) / max(abs(a), abs(b), floor)


def read(path: Path) -> list[dict[str, Any]]:
    """The step lines of all experiments in a trace, in order, each with the name of its `task`, which the header before it gives."""
    lines, task = [], ""
    for text in path.read_text().splitlines():
        line = json.loads(text)
        if "trace" in line:
            task = line["task"].split()[0]
        elif "step" in line:
            lines.append({**line, "task": task})
    return lines


def step_differences(a: dict[str, Any], b: dict[str, Any]) -> dict[str, float]:
    """The differences of one step, by name."""
    total = float(b["total_norm"])
    floor = NORM_FLOOR * total if math.isfinite(total) else 0.0
    after = float(b["total_norm_after"])
    floor_after = NORM_FLOOR * after if math.isfinite(after) else 0.0
    result = {"loss": relative(float(a["loss"]), float(b["loss"]), LOSS_FLOOR.get(b["task"], LOSS_FLOOR_ELSE))}
    for key in ("total_norm", "total_norm_after", "factor"):
        result[key] = relative(float(a[key]), float(b[key]))
    for key, least in (("norms", floor), ("norms_after", floor_after)):
        for name in a[key].keys() | b[key].keys():
            result[f"{key}({name})"] = relative(float(a[key].get(name, "nan")), float(b[key].get(name, "nan")), least)
    return result


def compare(a: list[dict[str, Any]], b: list[dict[str, Any]]) -> Comparison:
    result = Comparison(lengths=(len(a), len(b)))
    worst = 0.0
    for index, (left, right) in enumerate(zip(a, b), 1):
        differences = step_differences(left, right)
        result.steps = index
        result.loss = max(result.loss, differences["loss"])
        result.total = max(result.total, differences["total_norm"], differences["total_norm_after"])
        result.factor = max(result.factor, differences["factor"])
        result.norms = max(result.norms, *(value for name, value in differences.items() if name.startswith("norms")))
        name, largest = max(differences.items(), key=lambda item: item[1])
        result.differences.append(largest)
        if largest > worst:
            worst, result.worst = largest, f"{name}@{index}"
        for limit in THRESHOLDS:
            if largest > limit and result.passed[limit] is None:
                result.passed[limit] = index
        if sorted(left["nonfinite"]) != sorted(right["nonfinite"]) and not result.nonfinite:
            differ = sorted(set(left["nonfinite"]) ^ set(right["nonfinite"]))
            result.nonfinite = f"differ@{index}: {len(left['nonfinite'])} and {len(right['nonfinite'])} names ({differ[0]})"
            result.nonfinite_step = index
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("a", type=Path)
    parser.add_argument("b", type=Path)
    parser.add_argument("--limit", type=float)
    arguments = parser.parse_args()
    try:
        result = compare(read(arguments.a), read(arguments.b))
    except (OSError, ValueError, KeyError) as error:
        print(f"compare: {error}", file=sys.stderr)
        return 2
    print(result)
    within = arguments.limit is None or result.largest <= arguments.limit
    return 0 if within and not result.nonfinite and result.lengths[0] == result.lengths[1] and result.steps else 1


if __name__ == "__main__":
    sys.exit(main())
