"""The tasks: what is drawn once, what a batch draws, and the loss, in the generator order that clipscope follows.

Data is always drawn and computed in float32; a float64 experiment casts the finished batch, so that both see the same numbers.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from language import Choice, ScenarioError


class Batch(NamedTuple):
    x: Tensor
    y: Tensor | None
    """Float targets or int64 classes; `sum` has none."""


class Task:
    """One task. The constructor reads files and knows the widths, and draws nothing; `prepare` draws what is drawn once."""

    inputs: int
    outputs: int
    every_step = False
    """Whether `fc` is applied to every time step."""

    def __init__(self, options: Choice, folder: Path) -> None:
        self.options, self.folder = options, folder
        self.size = options.whole("batch") if "batch" in options.options else 0
        self.configure()

    def configure(self) -> None: ...

    def prepare(self) -> None: ...

    def draw(self) -> Batch:
        raise NotImplementedError(self.options.name)

    def loss(self, output: Tensor, y: Tensor | None) -> Tensor:
        """Mean squared error for float targets, cross entropy for classes; time and batch are one axis."""
        assert y is not None
        if y.dtype.is_floating_point:
            return F.mse_loss(output, y)
        return F.cross_entropy(output.flatten(0, -2), y.flatten())


class Sum(Task):
    inputs, outputs = 10, 10

    def prepare(self) -> None:
        self.x = torch.randn(self.size, 10)

    def draw(self) -> Batch:
        return Batch(self.x, None)

    def loss(self, output: Tensor, y: Tensor | None) -> Tensor:
        return output.sum()


class Rows(Task):
    """A fixed table X, Y; a batch is drawn from it with replacement."""

    X: Tensor
    Y: Tensor

    def draw(self) -> Batch:
        i = torch.randint(0, len(self.X), (self.size,))
        return Batch(self.X[i], self.Y[i])


class Regression(Rows):
    inputs, outputs = 10, 10

    def prepare(self) -> None:
        rows, noise, scale = self.options.whole("rows"), self.options.number("noise"), self.options.number("scale")
        A = torch.randn(10, 10) / math.sqrt(10)
        self.X = scale * torch.randn(rows, 10)
        self.Y = self.X @ A + noise * torch.randn(rows, 10)


class Sine(Rows):
    inputs, outputs = 10, 1

    def prepare(self) -> None:
        rows = self.options.whole("rows")
        v = torch.randn(10) / math.sqrt(10)
        u = torch.randn(10) / math.sqrt(10)
        self.X = torch.randn(rows, 10)
        self.Y = (torch.sin(2 * (self.X @ v)) + self.X @ u).unsqueeze(1)


class Xor(Task):
    inputs, outputs = 2, 1

    def draw(self) -> Batch:
        x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
        return Batch(x, torch.tensor([[0.0], [1.0], [1.0], [0.0]]))


class Adding(Task):
    inputs, outputs = 2, 1

    def draw(self) -> Batch:
        length, batch = self.options.whole("length"), self.size
        b = torch.arange(batch)
        v = torch.rand(length, batch)
        i = torch.randint(0, length // 2, (batch,))
        j = torch.randint(length // 2, length, (batch,))
        m = torch.zeros(length, batch)
        m[i, b] = 1
        m[j, b] = 1
        return Batch(torch.stack([v, m], -1), (v[i, b] + v[j, b]).unsqueeze(1))


class TemporalOrder(Task):
    """Pascanu, Mikolov, Bengio 2013 (arXiv 1211.5063): which of A, B came first and which second."""

    inputs, outputs = 6, 4

    def configure(self) -> None:
        if self.options.whole("length") < 10:
            raise ScenarioError("temporal-order needs length >= 10")

    def draw(self) -> Batch:
        length, batch = self.options.whole("length"), self.size
        b = torch.arange(batch)
        s = torch.randint(2, 6, (length, batch))
        p = torch.randint(length // 10, length // 5, (batch,))
        q = torch.randint(length // 2, 3 * length // 5, (batch,))
        a = torch.randint(0, 2, (batch,))
        c = torch.randint(0, 2, (batch,))
        s[p, b] = a
        s[q, b] = c
        return Batch(F.one_hot(s, 6).float(), 2 * a + c)


class Copy(Task):
    every_step = True

    def configure(self) -> None:
        self.symbols = self.options.whole("symbols")
        self.inputs, self.outputs = self.symbols + 2, self.symbols + 1

    def draw(self) -> Batch:
        length, delay, symbols = self.options.whole("length"), self.options.whole("delay"), self.symbols
        s = torch.randint(0, symbols, (length, self.size))
        z = torch.full((length + delay + length, self.size), symbols)
        z[:length] = s
        z[length + delay - 1] = symbols + 1
        y = torch.full_like(z, symbols)
        y[-length:] = s
        return Batch(F.one_hot(z, symbols + 2).float(), y)


class Parity(Task):
    inputs, outputs, every_step = 1, 2, True

    def draw(self) -> Batch:
        bits = torch.randint(0, 2, (self.options.whole("length"), self.size))
        return Batch(bits.float().unsqueeze(-1), bits.cumsum(0) % 2)


class Text(Task):
    """Characters are Unicode scalars, the vocabulary is sorted by scalar value."""

    every_step = True

    def configure(self) -> None:
        text = (self.folder / self.options.words[0]).read_bytes().decode("utf-8")  # bytes: line ends stay as they are
        vocabulary = sorted(set(text))
        self.codes = torch.tensor([vocabulary.index(character) for character in text])
        self.inputs = self.outputs = len(vocabulary)
        if len(text) <= self.options.whole("length"):
            raise ScenarioError(f"{self.options.words[0]} is shorter than length + 1")

    def draw(self) -> Batch:
        length = self.options.whole("length")
        i = torch.randint(0, len(self.codes) - length, (self.size,))
        t = i + torch.arange(length).unsqueeze(1)  # (T, B)
        return Batch(F.one_hot(self.codes[t], self.inputs).float(), self.codes[t + 1])


class Csv(Rows):
    """Every other column is a number, standardised over the whole file; so is a numeric target."""

    def configure(self) -> None:
        name, target = self.options.words[0], self.options.options["target"]
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            header, *rows = [row for row in csv.reader(file) if row]
        if target not in header:
            raise ScenarioError(f"{name} has no column {target}")
        columns = {key: [row[index].strip() for row in rows] for index, key in enumerate(header)}
        values = columns.pop(target)
        self.X = torch.stack([standardised(key, torch.tensor([float(v) for v in column])) for key, column in columns.items()], 1)
        try:
            self.Y = standardised(target, torch.tensor([float(v) for v in values])).unsqueeze(1)
            self.outputs = 1
        except ValueError:
            classes = sorted(set(values))
            self.Y = torch.tensor([classes.index(v) for v in values])
            self.outputs = len(classes)
        self.inputs = len(columns)


def standardised(name: str, x: Tensor) -> Tensor:
    if (x == x[0]).all():
        raise ScenarioError(f"column {name} is constant")
    return (x - x.mean(0)) / x.std(0)


class Shapes(Rows):
    """Filled square, hollow square, cross, diagonal (classes 0 to 3) at a random place and size; `size` >= 5.

    # shapes [rows=512 size=12 batch=32 noise=0.1]: once
    k = torch.randint(0, 4, (rows,)); s = torch.randint(4, size, (rows,))            # class; side of the shape, 4 … size-1
    t = torch.randint(0, 65536, (rows,)) % (size - s + 1); l = torch.randint(0, 65536, (rows,)) % (size - s + 1)   # its top, its left
    r = torch.arange(size).view(1, size, 1) - t.view(-1, 1, 1); c = torch.arange(size).view(1, 1, size) - l.view(-1, 1, 1); s = s.view(-1, 1, 1)
    inside = (r >= 0) & (r < s) & (c >= 0) & (c < s)
    filled = inside; hollow = inside & ((r == 0) | (r == s - 1) | (c == 0) | (c == s - 1))
    cross = inside & ((r == s // 2) | (c == s // 2)); diagonal = inside & (r == c)
    X = torch.stack([filled, hollow, cross, diagonal])[k, torch.arange(rows)].float().unsqueeze(1) + noise * torch.randn(rows, 1, size, size)
    i = torch.randint(0, rows, (batch,));         loss = F.cross_entropy(model(X[i]), k[i])   # per step
    """

    outputs = 4

    def configure(self) -> None:
        self.inputs = self.options.whole("size")
        if self.inputs < 5:
            raise ScenarioError("shapes needs size >= 5")

    def prepare(self) -> None:
        rows, size, noise = self.options.whole("rows"), self.inputs, self.options.number("noise")
        k = torch.randint(0, 4, (rows,))
        s = torch.randint(4, size, (rows,))
        t = torch.randint(0, 65536, (rows,)) % (size - s + 1)
        l = torch.randint(0, 65536, (rows,)) % (size - s + 1)
        r = torch.arange(size).view(1, size, 1) - t.view(-1, 1, 1)
        c = torch.arange(size).view(1, 1, size) - l.view(-1, 1, 1)
        s = s.view(-1, 1, 1)
        inside = (r >= 0) & (r < s) & (c >= 0) & (c < s)
        hollow = inside & ((r == 0) | (r == s - 1) | (c == 0) | (c == s - 1))
        cross = inside & ((r == s // 2) | (c == s // 2))
        diagonal = inside & (r == c)
        picture = torch.stack([inside, hollow, cross, diagonal])[k, torch.arange(rows)].float().unsqueeze(1)
        self.X = picture + noise * torch.randn(rows, 1, size, size)
        self.Y = k


TASKS: dict[str, type[Task]] = {
    "sum": Sum, "regression": Regression, "sine": Sine, "xor": Xor, "adding": Adding, "temporal-order": TemporalOrder,
    "copy": Copy, "parity": Parity, "text": Text, "csv": Csv, "shapes": Shapes,
}


def make(options: Choice, folder: Path) -> Task:
    return TASKS[options.name](options, folder)
