"""The clipping rules: each looks at the gradients, changes them in place and says what it did.

`norm` and `value` are PyTorch's own functions. The others follow their papers; where a paper leaves the non-finite
norm open, clipscope's rule is: it never enters a running statistic.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Iterable

import numpy as np
import torch
from torch import Tensor, nn

from language import Choice


@dataclass
class Clipped:
    """What a rule did. `factor` is None if the rule has no single coefficient: then the trace prints
    total_norm_after / total_norm, and 1 if nothing changed."""

    factor: float | None
    changed: bool
    skip: bool = False
    """The optimizer must not step."""


class Rule:
    """One clipping rule with its running state. `name` and `options` are what a trace line prints."""

    def __init__(self, choice: Choice) -> None:
        self.choice = choice

    @property
    def norm_type(self) -> float:
        """The order by which everything is measured; 2 for rules that have none."""
        return self.choice.number("norm_type") if "norm_type" in self.choice.options else 2.0

    def apply(self, parameters: list[nn.Parameter], total: Tensor) -> Clipped:
        """`total` is the total norm before clipping, by `norm_type`."""
        raise NotImplementedError(self.choice.name)


class Off(Rule):
    def apply(self, parameters: list[nn.Parameter], total: Tensor) -> Clipped:
        return Clipped(1.0, False)


class Norm(Rule):
    """torch.nn.utils.clip_grad_norm_. The factor is computed by the same operations, so it is what was applied."""

    def apply(self, parameters: list[nn.Parameter], total: Tensor) -> Clipped:
        max_norm = self.choice.number("max_norm")
        torch.nn.utils.clip_grad_norm_(parameters, max_norm, self.norm_type, self.choice.flag("error_if_nonfinite"))
        factor = coefficient(max_norm, total)
        return Clipped(factor, factor < 1)


class Value(Rule):
    """torch.nn.utils.clip_grad_value_."""

    def apply(self, parameters: list[nn.Parameter], total: Tensor) -> Clipped:
        before = [g.clone() for g in gradients(parameters)]
        torch.nn.utils.clip_grad_value_(parameters, self.choice.number("clip_value"))
        changed = any(bool(((b != g) & ~b.isnan()).any()) for b, g in zip(before, gradients(parameters)))
        return Clipped(None, changed)


class PerParameter(Rule):
    """Keras `clipnorm`: each tensor alone, g · (max / max(‖g‖, max)). A NaN norm makes its own tensor NaN, no other."""

    def apply(self, parameters: list[nn.Parameter], total: Tensor) -> Clipped:
        limit, changed = self.choice.number("max_norm"), False
        for g in gradients(parameters):
            norm = torch.linalg.vector_norm(g)
            factor = torch.full_like(norm, limit) / torch.clamp(norm, min=limit)  # one rounding: exactly 1 up to the limit
            g.mul_(factor)
            changed |= bool(factor < 1)
        return Clipped(None, changed)


class AGC(Rule):
    """Brock et al. 2021 (arXiv 2102.06171), unit-wise: m = clipping · max(‖w‖, eps); ‖g‖ > m: g · m / max(‖g‖, 1e-6).

    A unit is a slice along axis 0 (a row of a matrix, a filter of a convolution); a 1-D parameter is one unit.
    Every parameter is clipped, the last layer too. A NaN norm compares false and changes nothing.
    """

    @torch.no_grad()
    def apply(self, parameters: list[nn.Parameter], total: Tensor) -> Clipped:
        clipping, eps, any_changed = self.choice.number("clipping"), self.choice.number("eps"), False
        for p in parameters:
            assert p.grad is not None
            rows = p.shape[0] if p.dim() > 1 else 1
            w, g = p.view(rows, -1), p.grad.view(rows, -1)
            limit = clipping * torch.linalg.vector_norm(w, dim=1, keepdim=True).clamp(min=eps)
            norm = torch.linalg.vector_norm(g, dim=1, keepdim=True)
            over = norm > limit
            g.copy_(torch.where(over, g * (limit / norm.clamp(min=1e-6)), g))
            any_changed |= bool(over.any())
        return Clipped(None, any_changed)


class AutoClip(Rule):
    """Seetharaman et al. 2020 (arXiv 2007.14469): clip_grad_norm_ to the percentile of all norms so far, this one included.

    Percentiles interpolate linearly (numpy's default), in float64. An infinite norm is not part of the
    history, and is clipped to the percentile of those before it, by the factor 0; NaN leaves the gradients as they are.
    """

    def __init__(self, choice: Choice) -> None:
        super().__init__(choice)
        self.history: list[float] = []

    def apply(self, parameters: list[nn.Parameter], total: Tensor) -> Clipped:
        if math.isfinite(total.item()):
            self.history.append(total.item())
        if math.isnan(total.item()) or not self.history:
            return Clipped(1.0, False)
        return scale(parameters, float(np.percentile(self.history, self.choice.number("percentile"))), total)


class ZClip(Rule):
    """Kumar et al. 2025 (arXiv 2504.02507), adaptive scaling, without the authors' additional max_grad_norm.

    The first `warmup` finite norms are only collected; their mean and (biased) variance start the averages. Then, in float64:
    z = (norm - mean) / (std + 1e-6); z > threshold: the norm is clipped to mean + threshold² / z · std. After that the
    averages take the norm, clipped if it was: mean first, then the variance about the new mean. An infinite
    norm has z = ∞ and the factor 0; among the first it is not collected. NaN enters nothing and leaves the gradients as they are.
    """

    def __init__(self, choice: Choice) -> None:
        super().__init__(choice)
        self.warmup: list[float] = []
        self.mean: float | None = None
        self.variance = 0.0

    def apply(self, parameters: list[nn.Parameter], total: Tensor) -> Clipped:
        norm = total.item()
        if math.isnan(norm):
            return Clipped(1.0, False)
        if self.mean is None:
            if math.isfinite(norm):
                self._collect(norm)
            return Clipped(1.0, False)
        deviation, threshold = math.sqrt(self.variance), self.choice.number("threshold")
        z = (norm - self.mean) / (deviation + 1e-6)
        done = Clipped(1.0, False)
        if z > threshold:
            norm = self.mean + threshold * threshold / z * deviation
            done = scale(parameters, norm, total)
        alpha = self.choice.number("alpha")
        self.mean = alpha * self.mean + (1 - alpha) * norm
        self.variance = alpha * self.variance + (1 - alpha) * (norm - self.mean) ** 2
        return done

    def _collect(self, norm: float) -> None:
        self.warmup.append(norm)
        if len(self.warmup) >= self.choice.whole("warmup"):
            self.mean = sum(self.warmup) / len(self.warmup)
            self.variance = sum((x - self.mean) ** 2 for x in self.warmup) / len(self.warmup)


class Skip(Rule):
    """Megatron's `grad_norm_skip_threshold`: norm > max_norm or not finite means no update. The gradients stay, so the factor is 1."""

    def apply(self, parameters: list[nn.Parameter], total: Tensor) -> Clipped:
        skip = bool(total > self.choice.number("max_norm")) or not bool(total.isfinite())
        return Clipped(1.0, skip, skip)


RULES: dict[str, type[Rule]] = {
    "off": Off, "norm": Norm, "value": Value, "per-parameter": PerParameter, "agc": AGC, "autoclip": AutoClip,
    "zclip": ZClip, "skip": Skip,
}


def make(choice: Choice) -> Rule:
    return RULES[choice.name](choice)


def gradients(parameters: Iterable[nn.Parameter]) -> list[Tensor]:
    return [p.grad for p in parameters if p.grad is not None]


def norm(gradient: Tensor, norm_type: float) -> Tensor:
    return torch.linalg.vector_norm(gradient, norm_type)


def total_norm(parameters: Iterable[nn.Parameter], norm_type: float) -> Tensor:
    """What clip_grad_norm_ returns, without changing anything."""
    return torch.nn.utils.get_total_norm(gradients(parameters), norm_type)


def coefficient(max_norm: float, total: Tensor) -> float:
    """clip_grad_norm_'s own operations, in the dtype of the norm; NaN passes the clamp."""
    return torch.clamp(max_norm / (total + 1e-6), max=1.0).item()


def scale(parameters: list[nn.Parameter], max_norm: float, total: Tensor) -> Clipped:
    torch.nn.utils.clip_grads_with_norm_(parameters, max_norm, total)
    factor = coefficient(max_norm, total)
    return Clipped(factor, factor < 1)
