#!/usr/bin/env python3
"""Holds clipscope against programs in plain PyTorch, each written by hand from what the language promises. They share no
network, task or initial value with reference.py or with what `export torch` writes. Each stands below its scenario.

    handwritten.py CLIPSCOPE [NAME]...

The limits are those of limits.py: 1e-5 in every number of every step, or the share of chaotic ones. Status 0 all hold; 1 a
limit is broken; 2 wrong usage.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

import limits
import plain
import plain_rows  # noqa: F401  (these three fill PROGRAMS)
import plain_sequences  # noqa: F401
import plain_pictures  # noqa: F401
from compare import compare, read
from plain import PROGRAMS, Training


def hold(clipscope: Path, name: str) -> bool:
    """Runs a scenario and its program in the current folder, and prints how they agree."""
    scenario, chaotic, program = PROGRAMS[name]
    Path(f"{name}.scenario").write_text(scenario.replace("; ", "\n") + "\n")
    running = subprocess.Popen([clipscope, "run", f"{name}.scenario", "--trace", f"{name}.clipscope", "--quiet"])
    lines = in_precision(torch.float32, program)
    demand = limits.demand(chaotic, lines, in_precision(torch.float64, program) if chaotic else [])
    if status := running.wait():
        print(f"FAIL {name:20} clipscope run: status {status}", flush=True)
        return False
    comparison = compare(read(Path(f"{name}.clipscope")), lines)
    verdict = limits.verdict(comparison, demand)
    kind = "chaotic" if chaotic else "calm"
    print(f"{'ok  ' if verdict.held else 'FAIL'} {name:20} {kind:8} {verdict.text:36} {comparison}", flush=True)
    return verdict.held


def in_precision(dtype: torch.dtype, program: Callable[[], Training]) -> list[dict[str, Any]]:
    plain.dtype = dtype
    return program().lines


def main() -> int:
    names = sys.argv[2:] or list(PROGRAMS)
    if len(sys.argv) < 2 or not set(names) <= set(PROGRAMS):
        print(f"{__doc__}\nThe names are {', '.join(PROGRAMS)}.", file=sys.stderr)
        return 2
    clipscope = Path(sys.argv[1]).resolve()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        with contextlib.chdir(folder):
            plain.write_files(Path())
            held = sum(hold(clipscope, name) for name in names)
    print(f"{held} of {len(names)} programs hold")
    return 0 if held == len(names) else 1


if __name__ == "__main__":
    sys.exit(main())
