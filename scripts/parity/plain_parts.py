"""The networks, tasks and changes of initial values that the programs of handwritten.py are put together from, in plain PyTorch."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn import init

import plain


class Stack(nn.Module):
    """fc1 to fcN, with an activation after each but the last."""

    def __init__(self, widths, activation=lambda x: x):
        super().__init__()
        self.count, self.activation = len(widths) - 1, activation
        for k in range(1, len(widths)):
            setattr(self, f"fc{k}", nn.Linear(widths[k - 1], widths[k]))

    def forward(self, x):
        for k in range(1, self.count):
            x = self.activation(getattr(self, f"fc{k}")(x))
        return getattr(self, f"fc{self.count}")(x)


class Sequence(nn.Module):
    """A recurrent module called `name`, and `fc` on its last step or on each."""

    def __init__(self, name, recurrent, outputs, last):
        super().__init__()
        setattr(self, name, recurrent)
        self.fc = nn.Linear(recurrent.hidden_size, outputs)
        self.name, self.last = name, last

    def forward(self, x):
        h, _ = getattr(self, self.name)(x)
        return self.fc(h[-1] if self.last else h)


class Pictures(nn.Module):
    """Convolutions with an average pool after some of them, and a head."""

    def __init__(self, depth, channels, pools_after, activation, flat_side=None):
        super().__init__()
        self.depth, self.pools_after, self.activation, self.flat_side = depth, pools_after, activation, flat_side
        for k in range(1, depth + 1):
            setattr(self, f"conv{k}", nn.Conv2d(1 if k == 1 else channels, channels, 3, padding=1))
        self.fc = nn.Linear(channels * (flat_side or 1) ** 2, 4)

    def forward(self, x):
        for k in range(1, self.depth + 1):
            x = self.activation(getattr(self, f"conv{k}")(x))
            if k in self.pools_after:
                x = F.avg_pool2d(x, 2)
        return self.fc(x.flatten(1) if self.flat_side else x.mean((2, 3)))


# What the tasks draw. Each function draws what is drawn once and gives the function that draws a batch.

def regression(model, rows=256, batch=32, noise=0.1, scale=1):
    A = torch.randn(10, 10) / math.sqrt(10)
    X = scale * torch.randn(rows, 10)
    Y = X @ A + noise * torch.randn(rows, 10)
    return rows_of(model, X, Y, batch)


def sine(model, rows=512, batch=64):
    v = torch.randn(10) / math.sqrt(10)
    u = torch.randn(10) / math.sqrt(10)
    X = torch.randn(rows, 10)
    return rows_of(model, X, (torch.sin(2 * (X @ v)) + X @ u).unsqueeze(1), batch)


def rows_of(model, X, Y, batch):
    def loss(scale=1.0, nan=False):
        i = torch.randint(0, len(X), (batch,))
        if not Y.is_floating_point():
            return F.cross_entropy(model(X[i].to(plain.dtype)), Y[i])
        y = (scale * Y[i]).to(plain.dtype)
        if nan:
            y[0, 0] = math.nan
        return F.mse_loss(model(X[i].to(plain.dtype)), y)
    return loss


def adding(model, length=50, batch=32):
    b = torch.arange(batch)
    def loss(scale=1.0):
        v = torch.rand(length, batch)
        i = torch.randint(0, length // 2, (batch,))
        j = torch.randint(length // 2, length, (batch,))
        m = torch.zeros(length, batch)
        m[i, b] = 1
        m[j, b] = 1
        y = scale * (v[i, b] + v[j, b]).unsqueeze(1)
        return F.mse_loss(model(torch.stack([v, m], -1).to(plain.dtype)), y.to(plain.dtype))
    return loss


def temporal_order(model, length=20, batch=20):
    b = torch.arange(batch)
    def loss():
        s = torch.randint(2, 6, (length, batch))
        p = torch.randint(length // 10, length // 5, (batch,))
        q = torch.randint(length // 2, 3 * length // 5, (batch,))
        a = torch.randint(0, 2, (batch,))
        c = torch.randint(0, 2, (batch,))
        s[p, b] = a
        s[q, b] = c
        return F.cross_entropy(model(F.one_hot(s, 6).to(plain.dtype)), 2 * a + c)
    return loss


def copy(model, length=5, delay=5, symbols=8, batch=32):
    def loss():
        s = torch.randint(0, symbols, (length, batch))
        z = torch.full((length + delay + length, batch), symbols)
        z[:length] = s
        z[length + delay - 1] = symbols + 1
        y = torch.full_like(z, symbols)
        y[-length:] = s
        return F.cross_entropy(model(F.one_hot(z, symbols + 2).to(plain.dtype)).flatten(0, 1), y.flatten())
    return loss


def parity(model, length=20, batch=64):
    def loss():
        bits = torch.randint(0, 2, (length, batch))
        y = bits.cumsum(0) % 2
        return F.cross_entropy(model(bits.to(plain.dtype).unsqueeze(-1)).flatten(0, 1), y.flatten())
    return loss


def text():
    """The file's characters as numbers, and how many there are."""
    characters = Path("words.txt").read_bytes().decode("utf-8")
    vocabulary = sorted(set(characters))
    return torch.tensor([vocabulary.index(c) for c in characters]), len(vocabulary)


def windows(model, codes, vocabulary, length=50, batch=16):
    def loss():
        i = torch.randint(0, len(codes) - length, (batch,))
        x = torch.stack([codes[k:k + length] for k in i.tolist()], 1)
        y = torch.stack([codes[k + 1:k + 1 + length] for k in i.tolist()], 1)
        return F.cross_entropy(model(F.one_hot(x, vocabulary).to(plain.dtype)).flatten(0, 1), y.flatten())
    return loss


def table(target):
    """The other columns and the target, standardised or as classes."""
    with open("beasts.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    def standard(name):
        x = torch.tensor([float(row[name]) for row in rows])
        return (x - x.mean(0)) / x.std(0)
    X = torch.stack([standard(name) for name in rows[0] if name not in (target, "kind")], 1)
    if target != "kind":
        return X, standard(target).unsqueeze(1)
    names = sorted({row["kind"] for row in rows})
    return X, torch.tensor([names.index(row["kind"]) for row in rows])


def shapes(model, rows=512, size=12, batch=32, noise=0.1):
    kind = torch.randint(0, 4, (rows,))
    side = torch.randint(4, size, (rows,))
    top = torch.randint(0, 65536, (rows,)) % (size - side + 1)
    left = torch.randint(0, 65536, (rows,)) % (size - side + 1)
    X = torch.zeros(rows, 1, size, size)
    for n in range(rows):
        k, s = kind[n], side[n]
        picture = torch.zeros(s, s)
        if k == 0:
            picture[:] = 1
        elif k == 1:
            picture[0] = picture[-1] = 1
            picture[:, 0] = picture[:, -1] = 1
        elif k == 2:
            picture[s // 2] = 1
            picture[:, s // 2] = 1
        else:
            picture.fill_diagonal_(1)
        X[n, 0, top[n]:top[n] + s, left[n]:left[n] + s] = picture
    X = X + noise * torch.randn(rows, 1, size, size)
    return rows_of(model, X, kind, batch)


def matrices(model):
    return [p for p in model.parameters() if p.dim() > 1]


def no_biases(model):
    for name, p in model.named_parameters():
        if "bias" in name:
            init.zeros_(p)


@torch.no_grad()
def gate(model, name, quarter, value):
    """The part `quarter` of the biases of a recurrent module's gates."""
    h = getattr(model, name).hidden_size
    for key, p in getattr(model, name).named_parameters():
        if "bias" in key:
            p[quarter * h:(quarter + 1) * h] = value if "bias_ih" in key else 0
