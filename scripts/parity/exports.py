#!/usr/bin/env python3
"""Holds what exported programs print against clipscope's own traces: the table that `scripts/parity/exports` prints.

    exports.py FOLDER [--small]           compares NAME.exported with NAME.clipscope for every NAME.scenario in FOLDER
    exports.py --write FOLDER LESSONS     adds the lessons, and scenarios that change everything that can be changed

The experiments of the table have the limits of limits.py. Lessons and the scenarios below are long or chaotic: of them the first
steps are to be near, and everything that is no measured number (headers, names, rules, settings, how many steps) is to be equal.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import runpy
import shutil
import sys
import traceback
from pathlib import Path
from typing import Any

import gates
import limits
from compare import compare, read
from reference import trace_all
from odd import ODD
from table import Experiment, experiments

LINES = range(40, 81)
"""How long the program of one experiment is; of several, each takes its own lines."""
LONGER = {"changes-rules"}
"""Eight rules in one experiment take what lines they take."""
FIRST_STEPS = 4
"""The first step of each experiment of a lesson is within CALM, so many within CHAOTIC; of the scenarios in CHANGES, all are.
In the fifth step of deep-tanh, unclipped, torch float32 itself is 1e-3 from torch float64."""
MEASURED = {"loss", "total_norm", "factor", "total_norm_after", "clipped", "norms", "norms_after", "nonfinite"}
OURS = {"digest", "kernels", "branch", "twin", "distance"}
"""What no program of torch's prints: checksums, and what a trace says of other branches and of a twin."""
SHORT_LESSONS = {"tutorial", "outlier", "diverges"}
"""The lessons of the small set: the others make hundreds of steps of larger networks."""

CHANGES = {
    "changes-rules": "seed 4; task sine rows=64 batch=8; model mlp hidden=16x2; clip norm max_norm=0.5; step 3; clip off; step 2; "
    "clip value clip_value=0.02; step 2; clip per-parameter max_norm=0.1; step 2; clip agc clipping=0.05; step 2; "
    "clip autoclip percentile=30; step 4; clip off; step 2; clip on; step 3; clip zclip warmup=3 threshold=0.5; step 6; "
    "clip skip max_norm=0.3; step 3; max_norm up; step 2; clip norm norm_type=inf error_if_nonfinite=yes; step 2; "
    "norm_type 3; clip off; step 2; clip autoclip; step 2; clip zclip warmup=2; step 4; clip autoclip; step 2",
    "changes-inside": "task regression rows=64 batch=8; model simplenet hidden=9; optimizer adam lr=0.01; clip norm max_norm=1; "
    "step 2; phase 3; lr 0.05; max_norm 0.2; accumulate 3; outlier scale=7; step; step; phase; accumulate 2; phase 4; "
    "clip value clip_value=0.01; lr up; step 2; phase 4; norm_type inf; step 2".replace("norm_type inf", "clip norm norm_type=inf"),
    "changes-outliers": "task xor; model simplenet hidden=5 activation=tanh; optimizer sgd lr=0.1; accumulate 2; clip skip max_norm=3; "
    "step; outlier scale=40; step 2; outlier nan; step 2; accumulate 1; outlier nan; step; outlier scale=2; outlier scale=3; step 2",
    "changes-infinite": "task regression rows=64 batch=8; model simplenet hidden=9; optimizer sgd lr=0.01; clip zclip warmup=3; step 5; "
    "outlier scale=1e25; step 3; clip autoclip; step 4; outlier scale=1e25; step 3",
    "changes-failing": "task adding length=8 batch=4; model gru hidden=6; clip norm error_if_nonfinite=yes; step 2; outlier nan; step 3; "
    "expect error; clip norm max_norm=0.1; step; optimizer adam lr=0.01; seed 3; step 2",
    "changes-experiments": "seed 1; task parity length=5 batch=4; model lstm hidden=6 forget=1; clip off; lr 0.1; step 3; lr up; clip on; restart; "
    "step 2; restart; step 2; norm_type inf; clip off; task copy length=2 delay=2 symbols=3 batch=4; model rnn hidden=5 layers=2; "
    "init identity; until step >= 4 max 9; optimizer rmsprop lr=0.003; step 3",
}


def write(folder: Path, lessons: Path, small: bool) -> None:
    for source in lessons.iterdir():
        if small and source.suffix == ".scenario" and source.stem not in SHORT_LESSONS:
            continue
        shutil.copyfile(source, folder / source.name.replace(".scenario", ".lesson.scenario"))
    for name, text in (CHANGES if small else CHANGES | ODD).items():
        (folder / f"{name}.scenario").write_text(text + "\n")


def overflowing_alike(a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any]:
    """A line of a trace, with the other one's loss where neither is finite.

    Where the products of a sum overflow, it depends on how it is made what comes out. Fused multiply-adds, one after the other,
    stay at the first infinity, because an exact product is finite; sums in parts, or of rounded products, meet infinities of both
    signs, which gives NaN. torch leaves that to the library and the processor. Norms and names are compared all the same.
    """
    neither = not (math.isfinite(float(a["loss"])) or math.isfinite(float(b["loss"])))
    return {**a, "loss": b["loss"]} if neither else a


def near(a: list[dict[str, Any]], b: list[dict[str, Any]], all_steps: bool) -> tuple[bool, str]:
    """Whether every experiment of two traces is near where it can be asked for: see FIRST_STEPS."""
    a = [overflowing_alike(*lines) for lines in zip(a, b)] + a[len(b):]
    starts = [index for index, line in enumerate(a) if line["step"] == 1]
    ends = [*starts[1:], len(a)] if all_steps else [min(start + FIRST_STEPS, len(a)) for start in starts]
    first = [compare([a[start]], [b[start]]) for start in starts]
    rest = [compare(a[start:end], b[start:end]) for start, end in zip(starts, ends)]
    held = all(c.largest <= limits.CALM for c in first) and all(c.largest <= limits.CHAOTIC and not c.nonfinite for c in rest)
    return held, f"{len(starts)} experiments, in their first steps {max(c.largest for c in first):.1e}, later {max(c.largest for c in rest):.1e}"


def run(program: Path) -> None:
    """Runs a program as Python would by itself, but for the seconds that torch takes to load; what it prints goes to NAME.exported."""
    with program.with_name(program.name.replace(".torch.py", ".exported")).open("w") as out, contextlib.redirect_stdout(out):
        try:
            runpy.run_path(str(program), run_name="__main__")
        except Exception:  # its line of the table says that there are steps missing
            traceback.print_exc()


def fixed(path: Path) -> list[dict[str, Any]]:
    """The lines of a trace without what was measured."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return [{key: value for key, value in line.items() if key not in MEASURED | OURS} for line in lines]


def keys(path: Path) -> list[list[str]]:
    return [[key for key in json.loads(line) if key not in OURS] for line in path.read_text().splitlines()]


def verdict(folder: Path, name: str, experiment: Experiment | None) -> tuple[bool, str]:
    """Whether a program's trace holds, and what there is to say; `experiment` is None for scenarios that are not in the table."""
    ours, theirs = folder / f"{name}.clipscope", folder / f"{name}.exported"
    if not ours.exists() or not theirs.exists():
        return False, "no trace"
    if fixed(ours) != fixed(theirs) or keys(ours) != keys(theirs):
        pairs = enumerate(zip(fixed(ours), fixed(theirs)), 1)
        place = next((f"line {index}: {a} | {b}" for index, (a, b) in pairs if a != b), "its length, or the order of its keys")
        return False, f"differs in {place}"
    a, b = read(ours), read(theirs)
    if experiment is None:
        return near(a, b, all_steps=name in CHANGES | ODD)
    comparison = compare(a, b)
    demand = limits.demand(experiment.chaotic, b, read(folder / f"{name}.float64") if experiment.chaotic else [])
    result = limits.verdict(comparison, demand)
    if not result.held and experiment.has_gates and demand.distances:
        # Two correct programs may go different ways at a gate; then each of them must be one that torch can follow.
        ways = [gates.follow(folder / f"{name}.scenario", trace, demand.distances) for trace in (a, b)]
        turned = "; ".join(gate for _, gates_turned in ways for gate in gates_turned) or "none"
        steps = min(steps for steps, _ in ways)
        result = limits.Verdict(steps == len(demand.distances), f"{steps} of {len(demand.distances)} steps, gates turned: {turned}")
    return result.held, f"{result.text:36} {comparison}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("lessons", type=Path, nargs="?")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--small", action="store_true")
    arguments = parser.parse_args()
    if arguments.write:
        write(arguments.folder, arguments.lessons, arguments.small)
        return 0
    table = {e.name: e for e in experiments() if e.small or not arguments.small}
    trace_all([arguments.folder / f"{name}.scenario" for name, e in table.items() if e.chaotic], ".float64", float64=True)
    names = sorted(path.stem for path in arguments.folder.glob("*.scenario"))
    failed = 0
    os.chdir(arguments.folder)  # where the programs look for the user's text and tables
    for name in names:
        run(arguments.folder / f"{name}.torch.py")
        held, text = verdict(arguments.folder, name, table.get(name))
        lines = len((arguments.folder / f"{name}.torch.py").read_text().splitlines())
        headers = (arguments.folder / f"{name}.clipscope").read_text().count('"trace":"clipscope"')
        fits = lines in LINES or headers > 1 or name in LONGER
        failed += not (held and fits)
        print(f"{'ok  ' if held and fits else 'FAIL'} {name:24} {lines:3} lines{'' if fits else '!'} {text}")
    print(f"{len(names) - failed} of {len(names)} exported programs hold")
    return 1 if failed or not names else 0


if __name__ == "__main__":
    sys.exit(main())
