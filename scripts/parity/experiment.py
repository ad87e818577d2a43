"""One experiment: a network, a task and an optimizer on one generator, advanced by steps of six phases."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

import networks
import optimizers
import rules
import tasks
from language import LEGAL, MODELS, OPTIMIZERS, TASKS, Choice, ScenarioError


@dataclass
class Settings:
    """Everything that determines an experiment at its step 0."""

    folder: Path = Path(".")
    seed: int = 0
    model: Choice = Choice("simplenet", MODELS["simplenet"])
    task: Choice = Choice("sum", TASKS["sum"])
    init: Choice = Choice("default")
    optimizer: Choice = Choice("sgd", OPTIMIZERS["sgd"])
    dtype: torch.dtype = torch.float32


@dataclass
class Step:
    """What one step measured; norms before clipping unless named otherwise."""

    step: int
    loss: float
    total_norm: float
    factor: float
    total_norm_after: float
    clipped: bool
    rule: Choice
    lr: float
    norms: dict[str, float]
    norms_after: dict[str, float]
    nonfinite: list[str] = field(default_factory=list)


class Experiment:
    """The generator order is seed, construction, init, what the task draws once, batches."""

    def __init__(self, settings: Settings) -> None:
        if settings.task.name not in LEGAL[settings.model.name]:
            raise ScenarioError(f"{settings.model.name} takes the tasks {', '.join(LEGAL[settings.model.name])}")
        self.settings = settings
        self.task = tasks.make(settings.task, settings.folder)
        torch.manual_seed(settings.seed)
        self.module = networks.build(settings.model, self.task.inputs, self.task.outputs, self.task.every_step)
        networks.initialise(self.module, settings.model, settings.init)
        self.task.prepare()
        self.module.to(settings.dtype)
        self.named = dict(self.module.named_parameters())
        self.parameters = list(self.named.values())
        self.optimizer = optimizers.make(settings.optimizer, self.parameters)
        self.steps = 0
        self.outlier: str | None = None
        """`scale=S` or `nan`, for the next batch only."""

    def set_lr(self, lr: float) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = lr

    def advance(self, rule: rules.Rule, accumulate: int, lr: float, norm_type: float) -> Step:
        """One optimizer step, measured by norms of order `norm_type`. If the rule raises, everything is as before the step (no parameter has been touched)."""
        generator, outlier = torch.get_rng_state(), self.outlier
        try:
            return self._advance(rule, accumulate, lr, norm_type)
        except RuntimeError:
            torch.set_rng_state(generator)
            self.outlier = outlier
            raise

    def _advance(self, rule: rules.Rule, accumulate: int, lr: float, norm_type: float) -> Step:
        self.set_lr(lr)
        self.optimizer.zero_grad()
        losses = []
        for _ in range(accumulate):  # the average: every batch's loss is divided by N before its backward
            x, y = self._batch()
            loss = self.task.loss(self.module(x), y)
            (loss / accumulate if accumulate > 1 else loss).backward()
            losses.append(loss.detach())
        p = norm_type
        total = rules.total_norm(self.parameters, p)
        norms = self._norms(p)
        nonfinite = [name for name, q in self.named.items() if not bool(gradient(q).isfinite().all())]
        done = rule.apply(self.parameters, total)
        after = rules.total_norm(self.parameters, p)
        norms_after = self._norms(p)
        if not done.skip:
            self.optimizer.step()
        self.steps += 1
        factor = done.factor if done.factor is not None else (after / total).item() if done.changed else 1.0
        loss = torch.stack(losses).mean().item() if accumulate > 1 else losses[0].item()
        return Step(self.steps, loss, total.item(), factor, after.item(), done.changed,
                    rule.choice, lr, norms, norms_after, nonfinite)

    def _norms(self, norm_type: float) -> dict[str, float]:
        return {name: rules.norm(gradient(p), norm_type).item() for name, p in self.named.items()}

    def _batch(self) -> tasks.Batch:
        """The next batch in the experiment's dtype, with an outlier if one was ordered; the task's own rows stay as they are."""
        x, y = self.task.draw()
        if self.outlier is not None:
            if y is None or not y.dtype.is_floating_point:
                raise ScenarioError(f"task {self.task.options.name} has no numeric targets for an outlier")
            y = outlier(y, self.outlier)
            self.outlier = None
        to = self.settings.dtype
        return tasks.Batch(x.to(to), y.to(to) if y is not None and y.dtype.is_floating_point else y)


def outlier(y: Tensor, kind: str) -> Tensor:
    """`scale=S` multiplies all targets of the batch; `nan` makes its very first number NaN."""
    if kind != "nan":
        return y * float(kind.removeprefix("scale="))
    y = y.clone()
    y.view(-1)[0] = float("nan")
    return y


def gradient(p: Tensor) -> Tensor:
    assert p.grad is not None
    return p.grad
