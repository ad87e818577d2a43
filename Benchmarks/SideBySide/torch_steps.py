"""The same steps in PyTorch, eager, one thread: networks and tasks are those of scripts/parity.

A step draws its batch, goes forward and backward, measures a norm for each parameter and the total norm, clips to 1 and
updates by SGD. What has a faster form in PyTorch is written in it: `_foreach_norm`, `clip_grads_with_norm_` on norms that
are there already, `foreach=True`.
"""

from __future__ import annotations

from pathlib import Path

from server import Repeat, one_thread, serve

one_thread()

import torch  # noqa: E402

import names  # noqa: E402
import networks  # noqa: E402
import tasks  # noqa: E402

torch.set_num_threads(1)
torch.set_num_interop_threads(1)


def make_step(name: str) -> Repeat:
    step = names.Step.of(name)
    torch.manual_seed(0)
    task = tasks.make(step.task, Path("."))
    module = networks.build(step.model, task.inputs, task.outputs, task.every_step)
    task.prepare()
    parameters = list(module.parameters())
    optimizer = torch.optim.SGD(parameters, lr=0.01, foreach=True)

    def repeat(count: int) -> None:
        for _ in range(count):
            x, y = task.draw()
            optimizer.zero_grad()
            loss = task.loss(module(x), y)
            loss.backward()
            norms = torch.stack(torch._foreach_norm([parameter.grad for parameter in parameters]))
            total = torch.linalg.vector_norm(norms)
            torch.nn.utils.clip_grads_with_norm_(parameters, 1.0, total)
            optimizer.step()
            measured = [loss.item(), total.item(), *norms.tolist()]  # a record of the step, as clipscope keeps one
        del measured

    return repeat


def make_clip(name: str) -> Repeat:
    clip = names.Clip.of(name)
    parameters = [torch.nn.Parameter(torch.zeros(clip.elements)) for _ in range(clip.arrays)]
    for place, parameter in enumerate(parameters):
        parameter.grad = torch.randn(clip.elements) * (1 + place)
    # each time a little below the norm that is there, so that every time something is clipped
    share = 0.9999 if clip.clipped else 2.0
    state = [torch.nn.utils.get_total_norm([parameter.grad for parameter in parameters]).item()]

    def repeat(count: int) -> None:
        for _ in range(count):
            before = torch.nn.utils.clip_grad_norm_(parameters, state[0] * share).item()
            state[0] = before * min(1.0, share)

    return repeat


if __name__ == "__main__":
    serve(lambda name: make_clip(name) if name.startswith("clip/") else make_step(name))
