#!/usr/bin/env python3
"""Holds clipscope's traces against torch: the table that `scripts/parity/run` prints.

    hold.py FOLDER [--first] [--small]

FOLDER has NAME.scenario (from table.py --write) and NAME.clipscope (a trace) for every experiment. Makes NAME.torch, and for the
chaotic ones NAME.float64. Status 0 if all limits of limits.py hold, 1 otherwise.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import gates
import limits
from compare import compare, read
from reference import trace_all
from table import Experiment, experiments


def line(experiment: Experiment, folder: Path) -> tuple[bool, str]:
    """Whether an experiment holds, and its line of the table."""
    def trace(suffix: str) -> Path:
        return folder / f"{experiment.name}.{suffix}"

    kind = "chaotic" if experiment.chaotic else "calm"
    if not trace("clipscope").exists():
        return False, f"FAIL {experiment.name:20} {kind:8} no trace"
    torch32 = read(trace("torch"))
    demand = limits.demand(experiment.chaotic, torch32, read(trace("float64")) if experiment.chaotic else [])
    ours = read(trace("clipscope"))
    comparison = compare(ours, torch32)
    verdict = limits.verdict(comparison, demand)
    if not verdict.held and demand.distances and experiment.has_gates and comparison.lengths[0] == comparison.lengths[1]:
        steps, turned = gates.follow(trace("scenario"), ours, demand.distances)
        verdict = limits.Verdict(steps == len(demand.distances), f"{steps} of {len(demand.distances)} steps, gates turned: {'; '.join(turned) or 'none'}")
    return verdict.held, f"{'ok  ' if verdict.held else 'FAIL'} {experiment.name:20} {kind:8} {verdict.text:36} {comparison}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--first", action="store_true")
    parser.add_argument("--small", action="store_true")
    arguments = parser.parse_args()
    chosen = [e for e in experiments() if (e.first or not arguments.first) and (e.small or not arguments.small)]

    def scenarios(of: list[Experiment]) -> list[Path]:
        return [arguments.folder / f"{experiment.name}.scenario" for experiment in of]

    trace_all(scenarios(chosen), ".torch")
    trace_all(scenarios([e for e in chosen if e.chaotic]), ".float64", float64=True)
    failed = 0
    for experiment in chosen:
        held, text = line(experiment, arguments.folder)
        failed += not held
        print(text)
    print(f"{len(chosen) - failed} of {len(chosen)} experiments hold")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
