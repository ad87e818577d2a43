"""The three programs that take turns, and what one run of the command line costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import names

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "Benchmarks" / "SideBySide"
BENCHMARKS = ROOT / "Benchmarks" / ".build" / "release" / "Benchmarks"
CLIPSCOPE = ROOT / ".build" / "release" / "clipscope"
PYTHON = ROOT / ".venv-bench" / "bin" / "python"


def pin() -> None:
    """Each program gets the same one core, so that none has more than one and none is moved about."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


class Program:
    """A process that answers lines `NAME SECONDS`."""

    def __init__(self, title: str, command: list[str], pinned: bool = True) -> None:
        self.title = title
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        preexec_fn=pin if pinned else None)

    def ask(self, name: str, seconds: float) -> dict[str, float]:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{name} {seconds}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"bench: {self.title} ended at {name}; its own words are above")
        return json.loads(line)

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def clipscope(pinned: bool = True) -> Program:
    return Program("clipscope", [str(BENCHMARKS), "--serve"], pinned)


def torch() -> Program:
    return Program("torch", [str(PYTHON), str(HERE / "torch_steps.py")])


def jax() -> Program:
    return Program("jax", [str(PYTHON), str(HERE / "jax_steps.py")])


@dataclass
class Times:
    """Samples of one program at one benchmark, in µs."""

    processor: list[float]
    wall: list[float]

    @property
    def median(self) -> float:
        """Of processor time: others may use the machine, too."""
        return median(self.processor)

    @property
    def waiting(self) -> float:
        """How much longer it took than its processor time: 1 where nobody disturbed."""
        return median(self.wall) / median(self.processor)


class Command:
    """`clipscope run` with few and with many steps: the difference is what a step costs a user."""

    def __init__(self, name: str, microseconds: float, seconds: float) -> None:
        step = names.Step.of(name)
        self.steps = max(10, int(seconds * 1e6 / microseconds))
        self.folder = tempfile.TemporaryDirectory()
        self.files = []
        for count in (1, 1 + self.steps):
            path = Path(self.folder.name) / f"{count}.scenario"
            path.write_text(f"seed 0\nmodel {step.model}\ntask {step.task}\noptimizer sgd lr=0.01\n"
                            f"clip norm max_norm=1\nstep {count}\n")
            self.files.append(path)

    def sample(self) -> float:
        """µs of processor time for a step."""
        few, many = (processor_seconds([str(CLIPSCOPE), "run", str(path), "--quiet"]) for path in self.files)
        return (many - few) / self.steps * 1e6


def processor_seconds(command: list[str]) -> float:
    process = subprocess.Popen(command, preexec_fn=pin)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"bench: {' '.join(command)} ended with status {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def side_by_side(tasks: list[str], rounds: int, seconds: float, quiet: bool = False) -> dict[str, dict[str, Times]]:
    """Benchmark → program → samples; in every round each program takes its turn at each benchmark."""
    programs = [clipscope(), torch(), jax()]
    result: dict[str, dict[str, Times]] = {name: {} for name in tasks}
    for turn in range(rounds):
        for name in tasks:
            for program in programs:
                if program.title == "jax" and not name.startswith("step/"):
                    continue
                if program.title != "clipscope" and name.startswith("machine/"):
                    continue
                answer = program.ask(name, seconds)
                times = result[name].setdefault(program.title, Times([], []))
                times.processor.append(answer["processor_us"])
                times.wall.append(answer["wall_us"])
            if not quiet:
                print(f"\rround {turn + 1} of {rounds}: {name:<70}", end="", file=sys.stderr, flush=True)
    if not quiet:
        print(f"\r{'':<90}\r", end="", file=sys.stderr)
    for program in programs:
        program.close()
    return result
