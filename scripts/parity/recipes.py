#!/usr/bin/env python3
"""What the lessons claim, over seeds 0 to 9, in torch: the same settings with clipping off and on.

    recipes.py [NAME …] [--seeds 0-9] [--write FOLDER]

For every recipe, side and seed: loss and total norm at key steps, the largest norm and when, the first step with a parameter
whose gradient is not finite, the share of clipped steps, and the mean loss of the last 20 steps; then the median over the seeds.
--write keeps the scenario files. An expectation pinned in a scenario should hold for all ten seeds.
"""

from __future__ import annotations

import argparse
import io
import math
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

import torch

from experiment import Step
from language import parse
from reference import Reference

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Recipe:
    lines: str
    max_norm: float
    steps: int
    at: tuple[int, ...]
    """The key steps."""

    def scenario(self, seed: int, on: bool) -> str:
        rule = f"norm max_norm={self.max_norm:g}" if on else "off"
        return f"seed {seed}\n{self.lines}\nclip {rule}\nstep {self.steps}\n"


RECIPES = {
    "1b": Recipe("model simplenet\ntask regression\noptimizer sgd lr=2.2", 1.0, 300, (1, 2, 3, 4, 5, 6, 10, 50, 300)),
    "1c": Recipe("model simplenet\ntask regression scale=10\noptimizer sgd lr=0.03", 0.5, 300, (1, 2, 3, 4, 5, 6, 10, 50, 100, 200, 300)),
    "2b": Recipe("model mlp hidden=64x20\ninit gain=1.5\ntask sine\noptimizer sgd lr=0.1", 1.0, 400, (1, 2, 3, 5, 10, 20, 50, 100, 200, 400)),
    "3a": Recipe("model rnn hidden=50\ninit radius=1.6\ntask temporal-order length=20 batch=20\noptimizer sgd lr=0.1", 1.0, 500,
                 (1, 2, 3, 5, 10, 50, 100, 200, 300, 400, 500)),
    "3c": Recipe("model rnn hidden=64\ninit orthogonal=1.2\ntask adding length=10 batch=64\noptimizer sgd lr=0.1", 1.0, 1500,
                 (1, 2, 3, 5, 10, 20, 50, 100, 500, 1000, 1500)),
    "vanishing": Recipe("model rnn hidden=50\ninit radius=0.5\ntask temporal-order length=50 batch=20\noptimizer sgd lr=0.1", 1.0, 500,
                        (1, 2, 3, 5, 10, 50, 100, 300, 500)),
    "text": Recipe("model rnn hidden=64\ninit radius=1.0\ntask text sample-text.txt length=50 batch=16\noptimizer sgd lr=3", 0.5, 300,
                   (1, 2, 3, 5, 10, 20, 50, 100, 200, 300)),
}


def run(text: str) -> list[Step]:
    steps: list[Step] = []
    reference = Reference(DATA, io.StringIO())
    reference.on_step = steps.append
    reference.run(parse(text))
    return steps


def short(value: float) -> str:
    return f"{value:.3g}" if math.isfinite(value) else str(value)


def median(values: list[float]) -> float:
    """NaN counts as the largest."""
    return statistics.median_low([math.inf if math.isnan(value) else value for value in values])


def summary(steps: list[Step], at: tuple[int, ...]) -> str:
    pairs = "  ".join(f"{step}:{short(steps[step - 1].loss)}/{short(steps[step - 1].total_norm)}" for step in at)
    finite = [step for step in steps if math.isfinite(step.total_norm)]
    peak = max(finite, key=lambda step: step.total_norm)
    bad = next((step.step for step in steps if step.nonfinite), None)
    over = next((step.step for step in steps if not step.loss <= 2 * steps[0].loss), None)
    tail = sum(step.loss for step in steps[-20:]) / 20
    return (f"{pairs}  peak {short(peak.total_norm)}@{peak.step}  non-finite@{bad or '-'}  loss>2x@{over or '-'}"
            f"  clipped {100 * sum(step.clipped for step in steps) / len(steps):.0f}%  last20 {short(tail)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(RECIPES))
    parser.add_argument("--seeds", default="0-9")
    parser.add_argument("--write", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    first, _, last = arguments.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    for name in arguments.names:
        recipe = RECIPES[name]
        for side, on in (("off", False), ("on", True)):
            runs = []
            for seed in seeds:
                text = recipe.scenario(seed, on)
                if arguments.write:
                    arguments.write.mkdir(parents=True, exist_ok=True)
                    (arguments.write / f"{name}-{side}-seed{seed}.scenario").write_text(text)
                runs.append(run(text))
                print(f"{name} {side} seed {seed}: {summary(runs[-1], recipe.at)}", flush=True)
            medians = [f"{step}:{short(median([r[step - 1].loss for r in runs]))}/{short(median([r[step - 1].total_norm for r in runs]))}" for step in recipe.at]
            print(f"{name} {side} median: {'  '.join(medians)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
