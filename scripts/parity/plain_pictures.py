"""Programs by hand with cnn: see handwritten.py."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch.nn import init

import plain
from plain import Norm, Off, Training, like
from plain_parts import Pictures, matrices, no_biases, shapes


# Ten relu layers: on some processors a float32 convolution of torch puts an input of a relu, 0 but for rounding, on the other
# side than float64 does (2.5e-4 in the norms from step 5 on), so this is no calm one.
@like("seed 24; model cnn; init kaiming; task shapes; optimizer sgd lr=0.02 momentum=0.5; clip norm; step 30", chaotic=True)
def shapes_defaults() -> Training:
    torch.manual_seed(24)
    model = Pictures(10, 16, {3, 6}, torch.relu)
    for w in matrices(model):
        init.kaiming_normal_(w, nonlinearity="relu")
    no_biases(model)
    loss = shapes(model)
    run = Training("shapes", model.to(plain.dtype), torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.5), loss)
    run.steps(30, Norm(1))
    return run


@like("seed 17; model cnn depth=4 channels=5 activation=tanh pool=1 head=flatten; init gain=1.2; "
      "task shapes rows=60 size=9 batch=10 noise=0.2; optimizer adam lr=0.004; clip norm norm_type=inf max_norm=0.1; step 40")
def shapes_flatten() -> Training:
    torch.manual_seed(17)
    model = Pictures(4, 5, {2}, torch.tanh, flat_side=4)
    for w in matrices(model):
        fan_in = w[0].numel()
        init.normal_(w, 0, (1 if w is model.fc.weight else 1.2) / fan_in ** 0.5)
    no_biases(model)
    loss = shapes(model, rows=60, size=9, batch=10, noise=0.2)
    run = Training("shapes", model.to(plain.dtype), torch.optim.Adam(model.parameters(), lr=0.004), loss)
    run.steps(40, Norm(0.1, torch.inf))
    return run


@like("seed 18; model cnn depth=2 channels=3 activation=gelu pool=0; task shapes rows=40 size=7 batch=5; "
      "optimizer rmsprop lr=0.001; step 40")
def shapes_plain() -> Training:
    torch.manual_seed(18)
    model = Pictures(2, 3, set(), F.gelu)
    loss = shapes(model, rows=40, size=7, batch=5)
    run = Training("shapes", model.to(plain.dtype), torch.optim.RMSprop(model.parameters(), lr=0.001), loss)
    run.steps(40, Off())
    return run
