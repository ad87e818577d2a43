"""The table of docs/speed.md: clipscope, torch and JAX side by side, beside what the machine can do.

    table.py [--rounds N] [--seconds X] [--write]
"""

from __future__ import annotations

import argparse
import platform
from dataclasses import dataclass
from statistics import median

import arithmetic
from document import put
from names import Step
from programs import Command, Times, side_by_side


@dataclass(frozen=True)
class Row:
    title: str
    name: str
    torch: float
    """How many times faster than torch it should be; 0 where nothing is promised."""
    jax: float
    peak: float = 0.0
    """The share of the peak that it should reach."""


ROWS = [
    Row("SimpleNet, batch 32", "step/simplenet/regression,batch=32", 30, 6),
    Row("MLP 20 × 64 tanh, batch 32", "step/mlp,hidden=64x20/regression,batch=32", 10, 3),
    Row("RNN hidden 64, T 100, batch 32", "step/rnn,hidden=64/adding,length=100,batch=32", 8, 3, 0.6),
    Row("RNN hidden 128, T 100, batch 32", "step/rnn,hidden=128/adding,length=100,batch=32", 4, 2.4, 0.6),
    Row("RNN hidden 50, T 200, batch 20", "step/rnn,hidden=50/temporal-order,length=200,batch=20", 15, 3),
    # 1.8 times the better of the two, so both ratios have to be at least that
    Row("CNN depth=11 channels=16 pool=0 head=flatten, 12×12, batch 32",
        "step/cnn,depth=11,channels=16,pool=0,head=flatten/shapes,batch=32", 1.8, 1.8),
]
CLIPS = [("clip 10 × 2^20 floats, nothing clipped", "clip/norm/10x2^20/unclipped", 1),
         ("clip 10 × 2^20 floats, clipped", "clip/norm/10x2^20/clipped", 2)]
MACHINE = ["machine/peak", "machine/read/10x2^20", "machine/update/10x2^20"]


def number(microseconds: float) -> str:
    return f"{microseconds:,.0f}" if microseconds >= 99.5 else f"{microseconds:.3g}"


def held(value: float, target: float) -> str:
    """`34 of 30`, and in bold what misses its target."""
    if target == 0:
        return f"{value:.3g}"
    text = f"{value:.3g} of {target:g}"
    return text if value >= target else f"**{text}**"


def step_line(row: Row, times: dict[str, Times], command: float, peak: float) -> str:
    own, torch, jax = (times[title].median for title in ("clipscope", "torch", "jax"))
    alone = arithmetic.operations(Step.of(row.name)) / peak * 1e6
    share = f"{alone / own:.0%}" + (f" of {row.peak:.0%}" if row.peak else "")
    share = f"**{share}**" if alone / own < row.peak else share
    return (f"| {row.title} | {number(torch)} | {number(jax)} | {number(own)} | {number(command)} | {number(alone)} "
            f"| {held(torch / own, row.torch)} | {held(jax / own, row.jax)} | {share} |")


def clip_line(title: str, times: dict[str, Times], passes: float, target: float) -> str:
    own, torch = times["clipscope"].median, times["torch"].median
    return (f"| {title} | {number(torch)} | – | {number(own)} | – | {number(passes)} | {held(torch / own, target)} | – "
            f"| {passes / own:.0%} |")


def measure(rounds: int, seconds: float) -> list[str]:
    names = [row.name for row in ROWS] + [name for _, name, _ in CLIPS] + MACHINE
    result = side_by_side(names, rounds, seconds)
    commands = {row.name: Command(row.name, result[row.name]["clipscope"].median, 2 * seconds) for row in ROWS}
    costs: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            costs[name].append(command.sample())
    cost = {name: median(samples) for name, samples in costs.items()}

    read, update = (result[name]["clipscope"].median for name in MACHINE[1:])
    peak = machine_peak()
    lines = ["| experiment | torch, µs | JAX, µs | clipscope, µs | `clipscope run`, µs | arithmetic alone at the peak, µs "
             "| torch / clipscope | JAX / clipscope | share of the peak |", "|---|--:|--:|--:|--:|--:|--:|--:|--:|"]
    lines += [step_line(row, result[row.name], cost[row.name], peak) for row in ROWS]
    lines += [clip_line(title, result[name], read if passes == 1 else read + update, 2 if passes == 1 else 0)
              for title, name, passes in CLIPS]
    waiting = max(times.waiting for of_name in result.values() for times in of_name.values())
    lines += ["", f"One core of {processor()}: {peak / 1e9:.0f} GFLOP/s, reads {40 * 1.048576 / read * 1e3:.1f} GB/s, reads and "
              f"writes {80 * 1.048576 / update * 1e3:.1f} GB/s over the same 40 MB. Medians of {rounds} rounds, processor time; "
              f"what passed was at most {waiting:.2f} times as long. Bold: a target that is missed."]
    return lines


def machine_peak() -> float:
    """Operations a second, the median of nine samples."""
    import json
    import subprocess

    from programs import BENCHMARKS, pin
    answers = subprocess.run([BENCHMARKS, "--json", "--rounds", "9", "machine/peak"], capture_output=True, text=True, check=True,
                             preexec_fn=pin).stdout.splitlines()
    return json.loads(answers[0])["rate"] * 1e9


def processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="scripts/bench", description="clipscope, torch and JAX side by side")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.2, help="of each sample")
    parser.add_argument("--write", action="store_true", help="also into docs/speed.md")
    options = parser.parse_args()
    lines = measure(options.rounds, options.seconds)
    print("\n".join(lines))
    if options.write:
        put("table", lines)
