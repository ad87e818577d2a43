"""docs/growth.svg: how the time of a step grows with the hidden size, the length of the sequence and the batch.

    growth.py [--rounds N] [--seconds X]
"""

from __future__ import annotations

import argparse

import arithmetic
from document import ROOT, put
from names import Step
from plot import Line, Panel, draw
from programs import side_by_side

PROGRAMS = ("clipscope", "torch", "jax")
TITLES = {"clipscope": "clipscope", "torch": "torch", "jax": "JAX"}


def name(hidden: int = 64, length: int = 100, batch: int = 32) -> str:
    return f"step/rnn,hidden={hidden}/adding,length={length},batch={batch}"


SWEEPS = {
    "hidden size": {hidden: name(hidden=hidden) for hidden in (8, 16, 32, 64, 128, 256, 512)},
    "T": {length: name(length=length) for length in (10, 30, 100, 300, 1000)},
    "batch": {batch: name(batch=batch) for batch in (1, 4, 16, 64, 256)},
}
FIXED = {"hidden size": "T 100, batch 32", "T": "hidden 64, batch 32", "batch": "hidden 64, T 100"}


def measure(rounds: int, seconds: float) -> dict[str, dict[str, float]]:
    """Benchmark → program → µs."""
    names = list(dict.fromkeys(one for sweep in SWEEPS.values() for one in sweep.values()))
    return {one: {title: times.median for title, times in programs.items()}
            for one, programs in side_by_side(names, rounds, seconds).items()}


def panels(result: dict[str, dict[str, float]]) -> list[Panel]:
    return [Panel(title=f"{title}  ({FIXED[title]})", axis=title,
                  lines=[Line(TITLES[program], [(x, result[one][program]) for x, one in sweep.items()])
                         for program in PROGRAMS])
            for title, sweep in SWEEPS.items()]


def table(result: dict[str, dict[str, float]]) -> list[str]:
    lines = ["| RNN, adding | torch, µs | JAX, µs | clipscope, µs | torch / clipscope | JAX / clipscope | GFLOP/s |",
             "|---|--:|--:|--:|--:|--:|--:|"]
    for title, sweep in SWEEPS.items():
        for x, one in sweep.items():
            own, torch, jax = (result[one][program] for program in PROGRAMS)
            rate = arithmetic.operations(Step.of(one)) / own / 1e3
            lines.append(f"| {title} {x} | {torch:,.0f} | {jax:,.0f} | {own:,.0f} | {torch / own:.1f} | {jax / own:.1f} "
                         f"| {rate:.0f} |")
    return lines


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="scripts/bench --growth", description="writes docs/growth.svg")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.1, help="of each sample")
    options = parser.parse_args()
    result = measure(options.rounds, options.seconds)
    (ROOT / "docs" / "growth.svg").write_text(draw(panels(result)), encoding="utf-8")
    lines = table(result)
    put("growth", lines)
    print("\n".join(lines))
    print("written: docs/growth.svg, docs/speed.md")
