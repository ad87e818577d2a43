"""Follows a trace through a relu network, gate by gate.

A relu whose input is 0 but for rounding may be open in one correct program and closed in another: the loss hardly shows it, the
gradient jumps, and from there on the two go different ways. With about 10^6 inputs a step one of them is that near to 0 in
every few steps. So where a trace leaves torch, the gates nearest to 0 are turned one by one, and if one of them alone explains
every number of the step, torch goes on with it turned. What no such gate explains is not excused.
"""

from __future__ import annotations

import copy
import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from compare import step_differences
from language import load
from reference import Enough, Reference

NEAR = 1e-6
"""How near to 0 the input of a gate must be that may be turned, in standard deviations of its layer's inputs: a sum of 144
products (3 x 3 of 16 channels) is rounded by about sqrt(144) * 6e-8."""
CANDIDATES = 8


@dataclass
class Gates:
    """relu, with at most one gate turned: (which relu of the step, which of its inputs)."""

    turned: tuple[int, int] | None = None
    calls: int = 0
    near: list[tuple[float, tuple[int, int]]] = field(default_factory=list)

    def __call__(self, z: Tensor) -> Tensor:
        is_open = z > 0
        inputs = z.detach().flatten()
        distances, places = (inputs.abs() / inputs.std()).topk(min(CANDIDATES, len(inputs)), largest=False)
        self.near += [(d, (self.calls, place)) for d, place in zip(distances.tolist(), places.tolist()) if d < NEAR]
        if self.turned is not None and self.turned[0] == self.calls:
            is_open = is_open.clone()
            is_open.view(-1)[self.turned[1]] ^= True
        self.calls += 1
        return torch.where(is_open, z, torch.zeros_like(z))


class Follower(Reference):
    """torch in float64, following a trace for as many steps as distances are allowed."""

    KEPT = ("experiment", "rule", "last_rule", "recent", "made")

    def __init__(self, folder: Path, ours: list[dict[str, Any]], allowed: list[float]) -> None:
        super().__init__(folder, io.StringIO(), torch.float64)
        self.ours, self.allowed, self.turned = ours, allowed, list[str]()

    def _step(self) -> None:
        if self.made == len(self.allowed):
            raise Enough
        self._experiment()
        before = copy.deepcopy({name: getattr(self, name) for name in self.KEPT}), torch.get_rng_state()
        allowed, gates = self.allowed[self.made], Gates()
        if self._distance(gates, before) <= allowed:
            return
        for distance, gate in sorted(gates.near)[:CANDIDATES]:
            if self._distance(Gates(turned=gate), before) <= allowed:
                self.turned.append(f"step {self.made}: relu {gate[0] + 1}, input {gate[1]}, {distance:.0e}")
                return
        self.made -= 1
        raise Enough

    def _distance(self, gates: Gates, before: tuple[dict[str, Any], Tensor]) -> float:
        """Makes the step from the state before it, and returns how far the trace is from it."""
        for name, value in copy.deepcopy(before[0]).items():
            setattr(self, name, value)
        torch.set_rng_state(before[1])
        self._experiment().module.activation = gates
        super()._step()
        line = json.loads(self.out.getvalue().splitlines()[-1])
        return max(step_differences(self.ours[self.made - 1], {**line, "task": self.ours[self.made - 1]["task"]}).values())


def follow(scenario: Path, ours: list[dict[str, Any]], allowed: list[float]) -> tuple[int, list[str]]:
    """How many steps a trace can be followed within the distances allowed, and the gates that had to be turned."""
    follower = Follower(scenario.parent, ours, allowed)
    follower.run(load(scenario))
    return follower.made, follower.turned
