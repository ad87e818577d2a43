"""Answers each line `NAME SECONDS` of standard input with a line of JSON, as Benchmarks --serve does."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Callable

Repeat = Callable[[int], None]
"""Does something so many times and returns when it is done."""


def serve(make: Callable[[str], Repeat]) -> None:
    made: dict[tuple[str, str], tuple[Repeat, int]] = {}
    for line in sys.stdin:
        name, text = line.split()
        if (name, text) not in made:
            repeat = make(name)
            made[name, text] = repeat, repetitions(repeat, float(text))
        repeat, count = made[name, text]
        wall, processor = time.perf_counter(), time.process_time()
        repeat(count)
        processor, wall = time.process_time() - processor, time.perf_counter() - wall
        print(json.dumps({"name": name, "wall_us": wall / count * 1e6, "processor_us": processor / count * 1e6}), flush=True)


def repetitions(repeat: Repeat, seconds: float) -> int:
    """How many last so long; finding it is also the warming up and the compiling."""
    repeat(2)
    count = 1
    while True:
        start = time.perf_counter()
        repeat(count)
        passed = time.perf_counter() - start
        if passed >= seconds / 2:
            return max(1, round(count * seconds / passed))
        count *= 2


def one_thread() -> None:
    """Before the library is imported: all of its threads share one core, and it is told to make no others."""
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
