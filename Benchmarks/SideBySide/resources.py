"""What clipscope needs besides time: memory, a start, the screen's share, a second core. Status 1 where a limit is broken.

    resources.py [--rounds N]
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import terminal
from programs import CLIPSCOPE, ROOT, clipscope

LIMITS = {"memory": 64.0, "screen memory": 96.0, "start": 100.0, "screen": 0.01, "beside": 0.15}
"""MB without and with a screen, where there are snapshots to go back with; ms; share of the speed that a screen of 30 frames a second may cost; share that a second experiment may."""

STEP = "step/rnn,hidden=64/adding,length=100,batch=32"
SETUP = "seed 0\nmodel mlp hidden=64x20\ntask sine\noptimizer sgd lr=0.1\nclip norm max_norm=1\n"
"""The largest network of all shipped scenarios, that of deep-tanh: 79,809 parameters."""


def memory(folder: Path) -> list[tuple[str, float]]:
    """MB at most, for each scenario: without a screen, and on it."""
    scenarios = folder / "scenarios"
    shutil.copytree(ROOT / "scenarios", scenarios)
    result = []
    for path in sorted(scenarios.glob("*.scenario")):
        plain = terminal.run([CLIPSCOPE, "run", path, "--quiet"]).megabytes
        # on the screen a pause waits for a viewer, and so do words that fill more than a page
        text = re.sub(r'(;\s*)?\bsay\b\s*"[^"\n]*"', "", path.read_text(encoding="utf-8"))
        text = re.sub(r"(;\s*)?\bpause\b[^;\n]*", "", text)
        path.write_text(f'{text.rstrip()}\nsay "{terminal.END}"\n', encoding="utf-8")
        screen = terminal.on_screen([CLIPSCOPE, path, "--speed", "100000"]).megabytes
        result += [(f"{path.stem}, run", plain), (f"{path.stem}, on the screen", screen)]
    return result


def start(rounds: int) -> list[float]:
    """ms from the start of the process to its first whole frame."""
    return [terminal.first_frame([CLIPSCOPE, ROOT / "scenarios" / "rnn-explodes.scenario"]) * 1e3 for _ in range(rounds)]


@dataclass
class Loss:
    """By how much something slows the training: as samples of a share."""

    wall: list[float]
    """In time that passes."""
    processor: list[float]
    """In the training thread's own processor time."""
    waiting: list[float]
    """How much more time passed than processor time without the something: what other programs on this machine took."""

    def verdict(self, title: str, limit: float) -> bool:
        """Time that passes decides, unless the machine was too busy for it to mean anything."""
        wall, processor, waiting = (median(values) for values in (self.wall, self.processor, self.waiting))
        if waiting <= QUIET:
            return verdict(title, 100 * wall, 100 * limit, "%", f"  (processor time: {100 * processor:.1f} %)")
        return verdict(title, 100 * processor, 100 * limit, "%",
                       f"  (processor time; the machine is busy: {100 * wall:.0f} % of time that passes)")


QUIET = 0.05


def screen(folder: Path, rounds: int, steps: int) -> Loss:
    """What a screen takes from the training. Starting and leaving are taken out by running one step as well."""
    files = []
    for count in (1, 1 + steps):
        path = folder / f"{count}.scenario"
        path.write_text(f'{SETUP}step {count}\nsay "{terminal.END}"\n', encoding="utf-8")
        files.append(path)
    loss = Loss([], [], [])
    for _ in range(rounds):
        plain = [terminal.run([CLIPSCOPE, "run", path, "--quiet"]) for path in files]
        shown = [terminal.on_screen([CLIPSCOPE, path, "--speed", "100000"]) for path in files]
        wall, processor = plain[1].wall - plain[0].wall, plain[1].processor - plain[0].processor
        loss.wall.append((shown[1].wall - shown[0].wall) / wall - 1)
        loss.processor.append((shown[1].busiest - shown[0].busiest) / processor - 1)
        loss.waiting.append(wall / processor - 1)
    return loss


def beside(rounds: int) -> Loss:
    """What a second experiment on another core takes from the first."""
    program = clipscope(pinned=False)
    loss = Loss([], [], [])
    for _ in range(rounds):
        alone, both = program.ask(STEP, 0.3), program.ask("beside/" + STEP, 0.3)
        loss.wall.append(both["wall_us"] / alone["wall_us"] - 1)
        loss.processor.append(both["processor_us"] / alone["processor_us"] - 1)
        loss.waiting.append(alone["wall_us"] / alone["processor_us"] - 1)
    program.close()
    return loss


def verdict(title: str, value: float, limit: float, unit: str, detail: str = "") -> bool:
    held = value <= limit
    print(f"{'held  ' if held else 'BROKEN'}  {title:<46} {value:6.1f} {unit}, limit {limit:g} {unit}{detail}")
    return held


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench --resources", description="memory, start, screen, second core")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=20000, help="of each run on the screen")
    options = parser.parse_args()
    held = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for title, megabytes in memory(folder):
            limit = LIMITS["screen memory" if title.endswith("on the screen") else "memory"]
            held.append(verdict(f"memory, {title}", megabytes, limit, "MB"))
        held.append(verdict("start to the first frame", median(start(options.rounds)), LIMITS["start"], "ms"))
        held.append(screen(folder, options.rounds, options.steps).verdict("a step on the screen, longer by", LIMITS["screen"]))
    if (os.cpu_count() or 1) < 2:
        print("a second experiment: not measured, because there is only one core")
    else:
        held.append(beside(options.rounds).verdict("a step beside a second experiment, longer by", LIMITS["beside"]))
    sys.exit(0 if all(held) else 1)


if __name__ == "__main__":
    main()
