#!/usr/bin/env python3
"""Holds `task csv` against torch on tables written in many ways.

    tables.py CLIPSCOPE [--seed 0]        (in the .venv)

The columns are made first; a file is written of them in some dialect (separator, decimal comma, quotes, header, index column, words,
missing values), and torch trains on the columns themselves, by a loop that shares nothing with clipscope's exporter. Losses and total
norms of ten steps must agree, and so must those of the program that `export torch` prints. Status 0 if all hold.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from torch import Tensor, nn

LIMIT = 3e-6
STEPS = 10


class Table:
    """Columns of floats or words, None where a value is missing; the last is the target."""

    def __init__(self, random_: random.Random) -> None:
        self.random = random_
        self.rows = random_.choice([9, 24, 150])
        words = [["red", "blue", "green"], ["größe", "groß", "o\u0308l", "öl"], ["no", "yes"], ["a b", "c,d", 'e"f']]
        self.columns: list[list[float | str | None]] = []
        for _ in range(random_.choice([1, 1, 2, 3, 5, 8, 10])):
            if random_.random() < 0.3:
                kinds = random_.choice(words)
                column: list[float | str | None] = [kinds[n % len(kinds)] for n in range(self.rows)]
                random_.shuffle(column)
            else:
                center, width = random_.choice([(0, 0.01), (0, 1), (5, 1), (-200, 30), (52, 0.01), (52, 30), (9e6, 30)])
                column = [round(center + random_.gauss(0, width), 4) for _ in range(self.rows)]
            self.columns.append(column)
        self.classes = random_.choice(["", "words", "numbers"])
        kinds = {"words": ["x", "Y", "z"], "numbers": ["1", "2", "10"]}.get(self.classes)
        far = random_.choice([0, 0, 1e6])
        self.target: list[float | str | None] = [kinds[n % 3] if kinds else round(far + random_.gauss(3, 2), 3) for n in range(self.rows)]
        random_.shuffle(self.target)
        self.missing = random_.choice(["", "drop", "mean"])
        if self.missing:
            for column in random_.sample(self.columns, 1 + len(self.columns) // 2):
                column[random_.randrange(2, self.rows)] = None
        self.standardize = random_.random() < 0.8
        self.separator = random_.choice([",", ";", "\t", "|", "blanks"])
        self.comma = self.separator in (";", "\t") and random_.random() < 0.7
        self.header = random_.random() < 0.7
        self.index = self.header and random_.random() < 0.4

    def field(self, value: float | str | None) -> str:
        if value is None:
            return self.random.choice(["NA", "?", "NaN"])
        if isinstance(value, float):
            return repr(value).replace(".", "," if self.comma else ".")
        quoted = '"' + value.replace('"', '""') + '"'
        return quoted if set(value) & set(' ,;\t|"') or self.random.random() < 0.2 else value

    def text(self) -> str:
        between = self.separator if self.separator != "blanks" else "   "
        columns = [*self.columns, self.target]
        lines = [between.join(f"n{n}" for n in range(len(columns)))] if self.header else []
        rows = [between.join(self.field(column[n]) for column in columns) for n in range(self.rows)]
        if self.index:
            lines[0] = f'""{between}{lines[0]}'
            rows = [f"{n + 1}{between}{row}" for n, row in enumerate(rows)]
        return self.random.choice(["", "\ufeff"]) + self.random.choice(["\n", "\r\n"]).join(lines + rows) + "\n"

    @property
    def options(self) -> str:
        target = f"n{len(self.columns)}" if self.header else str(len(self.columns) + 1)
        given = [f"target={target}", "batch=7", f"missing={self.missing}" if self.missing else "", "header=no" if not self.header else ""]
        return " ".join([*filter(None, given), "classes=yes" if self.classes == "numbers" else "", "" if self.standardize else "standardize=no"])

    def tensors(self) -> tuple[Tensor, Tensor]:
        kept = [n for n in range(self.rows) if self.missing != "drop" or all(column[n] is not None for column in self.columns)]
        parts = []
        for column in self.columns:
            values = [column[n] for n in kept]
            if any(isinstance(value, str) for value in values):
                kinds = sorted({value for value in values if value is not None})
                parts += [[math.nan if value is None else float(value == kind) for value in values] for kind in kinds]
            else:
                parts.append([math.nan if value is None else value for value in values])
        x = torch.tensor(parts).T.contiguous()
        x = torch.where(x.isnan(), x.nanmean(0), x)
        names = sorted({str(self.target[n]) for n in kept})
        y = torch.tensor([names.index(self.target[n]) for n in kept]) if self.classes else torch.tensor([[self.target[n]] for n in kept])
        if self.standardize:
            x = (x - x.mean(0)) / x.std(0)
            y = y if self.classes else (y - y.mean(0)) / y.std(0)
        return x, y


class Net(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(inputs, 5), nn.Linear(5, outputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(torch.tanh(self.fc1(x)))


def by_hand(table: Table, seed: int) -> list[tuple[float, float]]:
    torch.manual_seed(seed)
    x, y = table.tensors()
    model = Net(x.shape[1], int(y.max()) + 1 if table.classes else 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    found = []
    for _ in range(STEPS):
        i = torch.randint(0, len(x), (7,))
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[i]), y[i]) if table.classes else nn.functional.mse_loss(model(x[i]), y[i])
        loss.backward()
        total = torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
        found.append((loss.item(), total.item()))
    return found


def steps(text: str) -> list[tuple[float, float]]:
    lines = [json.loads(line) for line in text.splitlines() if line.startswith('{"step"')]
    return [(float(line["loss"]), float(line["total_norm"])) for line in lines]


def apart(a: list[tuple[float, float]], b: list[tuple[float, float]]) -> float:
    if len(a) != len(b):
        return math.inf
    return max(abs(p - q) / max(abs(q), 1e-6) for one, two in zip(a, b) for p, q in zip(one, two))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clipscope")
    parser.add_argument("--cases", type=int, default=60)
    parser.add_argument("--exported", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    random_, program = random.Random(arguments.seed), str(Path(arguments.clipscope).resolve())
    failed, worst = 0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        for case in range(arguments.cases):
            table = Table(random_)
            Path(folder, "t.csv").write_text(table.text(), encoding="utf-8", newline="")
            Path(folder, "s.scenario").write_text(
                f"seed {case}; model mlp hidden=5; task csv t.csv {table.options}; optimizer sgd lr=0.01; clip norm max_norm=0.5; step {STEPS}\n")
            run = subprocess.run([program, "run", "s.scenario", "--quiet", "--trace", "-"], cwd=folder, capture_output=True, text=True)
            expected, problem = by_hand(table, case), ""
            # Numbers that are not standardised are large, and so are the differences of their sums.
            limit = LIMIT if table.standardize else 1e-3
            if run.returncode:
                problem = run.stderr.strip()
            elif apart(steps(run.stdout), expected) > limit:
                problem = f"{apart(steps(run.stdout), expected):.1e} from torch"
            elif case < arguments.exported:
                made = subprocess.run([program, "export", "torch", "s.scenario"], cwd=folder, capture_output=True, text=True).stdout
                other = subprocess.run([sys.executable, "-c", made], cwd=folder, capture_output=True, text=True)
                if apart(steps(other.stdout), expected) > limit:
                    problem = f"the exported program: {other.stderr.strip()[-200:] or apart(steps(other.stdout), expected)}"
            worst = max(worst, apart(steps(run.stdout), expected) if table.standardize and not run.returncode else 0)
            failed += bool(problem)
            if problem:
                print(f"FAIL table {case} of seed {arguments.seed}: {problem}\n     {table.options} separator {table.separator!r}\n     {table.text()[:200]!r}")
    print(f"{arguments.cases - failed} of {arguments.cases} tables train as torch does on their columns (seed {arguments.seed}, {worst:.1e} apart at most)")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
