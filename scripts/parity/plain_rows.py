"""Programs by hand with simplenet and mlp: see handwritten.py."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch.nn import init

import plain
from plain import Norm, Off, Training, Value, like
from plain_parts import Stack, matrices, no_biases, regression, rows_of, sine, table


@like("clip norm max_norm=1; optimizer sgd lr=0.02 momentum=0.9 nesterov=yes weight_decay=0.1; step 50; clip off; step 5; clip on; step 5")
def tutorial() -> Training:
    torch.manual_seed(0)
    model = Stack([10, 100, 10])
    x = torch.randn(1, 10).to(plain.dtype)
    model.to(plain.dtype)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9, nesterov=True, weight_decay=0.1)
    run = Training("sum", model, optimizer, lambda: model(x).sum())
    run.steps(50, Norm(1))
    run.steps(5, Off())
    run.steps(5, Norm(1))
    return run


@like("seed 1; model simplenet hidden=33 activation=relu; task regression batch=7; accumulate 3; "
      "optimizer sgd lr=0.05 momentum=0.8 dampening=0.3; clip norm max_norm=2; step 20; outlier scale=20; step 20; lr up; max_norm down; step 10")
def outlier_accumulated() -> Training:
    torch.manual_seed(1)
    model = Stack([10, 33, 10], torch.relu)
    loss = regression(model, batch=7)
    optimizer = torch.optim.SGD(model.to(plain.dtype).parameters(), lr=0.05, momentum=0.8, dampening=0.3)
    run = Training("regression", model, optimizer, loss)
    run.steps(20, Norm(2), accumulate=3)
    run.steps(20, Norm(2), accumulate=3, scale=20)
    optimizer.param_groups[0]["lr"] = 0.063
    run.steps(10, Norm(1.6), accumulate=3)
    return run


@like("seed 2; model simplenet; task regression rows=50 noise=0 scale=2; clip norm norm_type=inf; step 10; outlier nan; step 3")
def nan_outlier() -> Training:
    torch.manual_seed(2)
    model = Stack([10, 100, 10])
    loss = regression(model, rows=50, noise=0, scale=2)
    run = Training("regression", model.to(plain.dtype), torch.optim.SGD(model.parameters(), lr=0.01), loss)
    run.steps(10, Norm(1, torch.inf))
    run.steps(3, Norm(1, torch.inf), nan=True)
    return run


@like("seed 19; model mlp; task sine; clip norm max_norm=0.3; optimizer adam lr=0.002 beta1=0.8 beta2=0.99 eps=1e-6 weight_decay=0.01; step 50")
def sine_defaults() -> Training:
    torch.manual_seed(19)
    model = Stack([10] + [64] * 10 + [1], torch.tanh)
    loss = sine(model)
    optimizer = torch.optim.Adam(model.to(plain.dtype).parameters(), lr=0.002, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.01)
    run = Training("sine", model, optimizer, loss)
    run.steps(50, Norm(0.3))
    return run


@like("seed 4; model mlp hidden=24x5 activation=relu; init gain=1.3he; task sine rows=100 batch=17; optimizer sgd lr=0.03; "
      "clip norm max_norm=5 norm_type=1; step 40", chaotic=True)
def relu_gain() -> Training:
    torch.manual_seed(4)
    model = Stack([10] + [24] * 5 + [1], torch.relu)
    for k in range(1, 7):
        w = getattr(model, f"fc{k}").weight
        init.normal_(w, 0, (1.3 * 2 ** 0.5 if k < 6 else 1) / w.shape[1] ** 0.5)
    no_biases(model)
    loss = sine(model, rows=100, batch=17)
    run = Training("sine", model.to(plain.dtype), torch.optim.SGD(model.parameters(), lr=0.03), loss)
    run.steps(40, Norm(5, 1))
    return run


@like("seed 5; model mlp hidden=9,6 activation=sigmoid; init xavier; task xor; optimizer rmsprop lr=0.02 alpha=0.9 eps=1e-6; step 50", chaotic=True)
def xor_sigmoid() -> Training:
    torch.manual_seed(5)
    model = Stack([2, 9, 6, 1], torch.sigmoid)
    for w in matrices(model):
        init.xavier_uniform_(w)
    no_biases(model)
    x = torch.tensor([[0., 0], [0, 1], [1, 0], [1, 1]]).to(plain.dtype)
    y = torch.tensor([[0.], [1], [1], [0]]).to(plain.dtype)
    model.to(plain.dtype)
    optimizer = torch.optim.RMSprop(model.parameters(), lr=0.02, alpha=0.9, eps=1e-6)
    run = Training("xor", model, optimizer, lambda: F.mse_loss(model(x), y))
    run.steps(50, Off())
    return run


@like("seed 6; model mlp hidden=15,7 activation=gelu; init kaiming; task csv beasts.csv target=kind; "
      "optimizer adamw lr=0.01; clip value clip_value=0.02; step 50")
def classes_gelu() -> Training:
    torch.manual_seed(6)
    X, Y = table("kind")
    model = Stack([3, 15, 7, 4], F.gelu)
    for w in matrices(model):
        init.kaiming_normal_(w, nonlinearity="relu")
    no_biases(model)
    loss = rows_of(model, X, Y, 32)
    run = Training("csv", model.to(plain.dtype), torch.optim.AdamW(model.parameters(), lr=0.01), loss)
    run.steps(50, Value(0.02))
    return run


@like("seed 7; model mlp hidden=8 activation=none; task csv numbers.csv target=age batch=9; optimizer sgd lr=0.1 weight_decay=0.05; "
      "clip norm max_norm=0.4; step 30; outlier scale=-50; step 20")
def numbers_linear() -> Training:
    torch.manual_seed(7)
    X, Y = table("age")
    model = Stack([2, 8, 1])
    loss = rows_of(model, X, Y, 9)
    optimizer = torch.optim.SGD(model.to(plain.dtype).parameters(), lr=0.1, weight_decay=0.05)
    run = Training("csv", model, optimizer, loss)
    run.steps(30, Norm(0.4))
    run.steps(20, Norm(0.4), scale=-50)
    return run
