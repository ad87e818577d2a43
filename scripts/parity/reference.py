#!/usr/bin/env python3
"""clipscope's command language, executed by PyTorch: the reference that clipscope's traces are held against.

    reference.py SCENARIO [--trace FILE] [--float64] [--steps N] [--seed N]

Everything is torch's own: modules, losses, autograd, optimizers, clip_grad_norm_ and clip_grad_value_. `say`, `pause`, `expect`,
`print` and what else only shows something is passed over. Phases add up to steps: a step is made when its last phase
is asked for, with the settings of that moment. --steps stops after N steps in all. Status 0, or 1 if a step failed.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Callable, TextIO

import torch

import rules
import trace
from experiment import Experiment, Settings, Step
from language import (GATE_BIAS, MODELS, OPTIMIZERS, RULES, TASKS, Choice, Command, ScenarioError, choose, choose_init, holds,
                      ladder, load, number)

PASSED_OVER = {"say", "pause", "expect", "print", "norms", "stats", "save", "export", "trace", "help", "stop"}
PHASES = 6
NEXT_NORM_TYPE = {"2": "inf", "inf": "1", "1": "2"}


class Enough(Exception):
    """The scenario asked to quit, or --steps are made."""


class Reference:
    """Executes commands one after the other; settings are kept even before there is an experiment."""

    def __init__(self, folder: Path, out: TextIO, dtype: torch.dtype = torch.float32, limit: int | None = None,
                 header: dict[str, str] | None = None) -> None:
        self.settings = Settings(folder=folder, dtype=dtype)
        self.out, self.limit, self.header = out, limit, header or {}
        self.experiment: Experiment | None = None
        self.rule: rules.Rule = rules.make(Choice("off"))
        self.last_rule = rules.make(Choice("norm", RULES["norm"]))
        self.accumulate, self.phases, self.made = 1, 0, 0
        self.recent: list[Step] = []
        self.on_step: Callable[[Step], None] = lambda step: None

    # Commands

    def run(self, commands: list[Command]) -> int:
        for index, command in enumerate(commands):
            try:
                self.execute(command)
            except Enough:
                return 0
            except RuntimeError as error:  # error_if_nonfinite: the experiment stays where it was
                following = commands[index + 1] if index + 1 < len(commands) else None
                if following is None or following.name != "expect" or following.words != ["error"]:
                    print(f"line {command.line}: {error}", file=sys.stderr)
                    return 1
        return 0

    def execute(self, command: Command) -> None:
        if command.name in PASSED_OVER:
            return
        method = getattr(self, "do_" + command.name, None)
        if method is None:
            raise ScenarioError(f"line {command.line}: unknown command {command.name}")
        method(command)

    def do_quit(self, command: Command) -> None:
        raise Enough

    def do_seed(self, command: Command) -> None:
        self._set_up(seed=int(command.words[0]))

    def do_model(self, command: Command) -> None:
        self._set_up(model=choose("model", MODELS, command, GATE_BIAS))

    def do_task(self, command: Command) -> None:
        self._set_up(task=choose("task", TASKS, command))

    def do_init(self, command: Command) -> None:
        self._set_up(init=choose_init(command))

    def do_optimizer(self, command: Command) -> None:
        self._set_up(optimizer=choose("optimizer", OPTIMIZERS, command))

    def do_restart(self, command: Command) -> None:
        self._set_up()

    def do_clip(self, command: Command) -> None:
        if command.words == ["off"]:
            self.rule = rules.make(Choice("off"))
        elif command.words == ["on"]:
            self.rule = self.last_rule
        else:
            self.rule = self.last_rule = rules.make(choose("clip", RULES, command))

    def do_max_norm(self, command: Command) -> None:
        self._change_rule("max_norm", lambda old: rung(command.words[0], old))

    def do_norm_type(self, command: Command) -> None:
        self._change_rule("norm_type", lambda old: NEXT_NORM_TYPE.get(old, "2") if command.words[0] == "next" else command.words[0])

    def do_lr(self, command: Command) -> None:
        optimizer = self.settings.optimizer
        lr = rung(command.words[0], optimizer.options["lr"])
        self.settings = replace(self.settings, optimizer=replace(optimizer, options={**optimizer.options, "lr": lr}))

    def do_accumulate(self, command: Command) -> None:
        self.accumulate = int(command.words[0])

    def do_outlier(self, command: Command) -> None:
        self._experiment().outlier = "nan" if command.words == ["nan"] else f"scale={command.options['scale']}"

    def do_step(self, command: Command) -> None:
        self.phases = 0  # an open step is the first of the N
        for _ in range(int(command.words[0]) if command.words else 1):
            self._step()

    do_run = do_step

    def do_phase(self, command: Command) -> None:
        for _ in range(int(command.words[0]) if command.words else 1):
            self.phases += 1
            if self.phases == PHASES:
                self.phases = 0
                self._step()

    def do_until(self, command: Command) -> None:
        """Steps until the condition holds; none if it holds already."""
        words, most = list(command.words), 10000
        if "max" in words[:-1]:
            most = int(words[words.index("max") + 1])
            words = words[:words.index("max")]
        condition = " ".join([*words, *(f"{key}={value}" for key, value in command.options.items())])
        if self.recent and holds(condition, self._measured()):
            return
        self.phases = 0
        for _ in range(most):
            self._step()
            if holds(condition, self._measured()):
                return

    # Parts

    def _set_up(self, **changes: object) -> None:
        """A set-up command: the next step begins a new experiment (and a rule's running state begins anew)."""
        self.settings = replace(self.settings, **changes)
        self.experiment, self.phases, self.recent = None, 0, []
        self.last_rule = rules.make(self.last_rule.choice)
        if self.rule.choice.name != "off":
            self.rule = self.last_rule

    def _experiment(self) -> Experiment:
        if self.experiment is None:
            self.experiment = Experiment(self.settings)
            print(trace.header(self.experiment, self.settings.optimizer, **self.header), file=self.out)
        return self.experiment

    def _step(self) -> None:
        if self.limit is not None and self.made >= self.limit:
            raise Enough
        step = self._experiment().advance(self.rule, self.accumulate, self.settings.optimizer.number("lr"),
                                         self.last_rule.norm_type)  # also when clipping is off: the curve stays the same curve
        self.made += 1
        self.recent = [*self.recent[-99:], step]
        print(trace.line(step, self.settings.dtype), file=self.out)
        self.on_step(step)

    def _change_rule(self, option: str, change: Callable[[str], str]) -> None:
        """Changes an option of the rule that is on, or that `clip on` would bring back; its running state stays."""
        choice = self.last_rule.choice
        if option not in choice.options:
            raise ScenarioError(f"clip {choice.name} has no {option}")
        self.last_rule.choice = replace(choice, options={**choice.options, option: change(choice.options[option])})

    def _measured(self) -> dict[str, float]:
        step = self.recent[-1]
        measured = {name: float(getattr(step, name)) for name in ("loss", "total_norm", "total_norm_after", "factor", "clipped", "lr", "step")}
        measured["nonfinite"] = len(step.nonfinite)
        measured["duty"] = sum(recent.clipped for recent in self.recent) / len(self.recent)
        if "max_norm" in step.rule.options:
            measured["max_norm"] = step.rule.number("max_norm")
        measured.update({f"norm({name})": value for name, value in step.norms.items()})
        measured.update({f"norm_after({name})": value for name, value in step.norms_after.items()})
        return measured


def trace_all(scenarios: list[Path], suffix: str, float64: bool = False) -> None:
    """Runs many scenarios in one process; each trace stands beside its scenario, with another suffix."""
    torch.set_num_threads(1)
    for scenario in scenarios:
        with scenario.with_suffix(suffix).open("w") as out:
            Reference(scenario.parent, out, torch.float64 if float64 else torch.float32).run(load(scenario))


def rung(word: str, old: str) -> str:
    return repr(ladder(number(old), word)).removesuffix(".0") if word in ("up", "down") else word


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", type=Path)
    parser.add_argument("--trace", type=Path, help="where to write the trace (default: standard output)")
    parser.add_argument("--float64", action="store_true", help="the same initial values and batches, computed in float64")
    parser.add_argument("--steps", type=int, help="stop after this many steps in all")
    parser.add_argument("--seed", type=int, help="instead of the scenario's own")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    try:
        commands = load(arguments.scenario)
        if arguments.seed is not None:
            commands = [replace(c, words=[str(arguments.seed)]) if c.name == "seed" else c for c in commands]
        dtype = torch.float64 if arguments.float64 else torch.float32
        out = arguments.trace.open("w") if arguments.trace else sys.stdout
        with out:
            return Reference(arguments.scenario.parent, out, dtype, arguments.steps).run(commands)
    except (OSError, UnicodeDecodeError, ScenarioError) as error:
        print(f"{arguments.scenario}: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
