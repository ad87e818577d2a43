#!/usr/bin/env python3
"""The experiments of the parity table, as scenario texts.

    table.py --write FOLDER [--first] [--small]   writes NAME.scenario and its data files; prints NAME and calm or chaotic
    table.py --measure [NAME …]                     measures in torch alone whether the marks are right

calm: torch float32 and float64 stay within CALM of each other while everything is finite, so a correct float32 program
must stay within `limits.calm` of torch. chaotic: rounding grows, and only how long two runs stay together can be asked.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / "data"
STEPS = 50


@dataclass(frozen=True)
class Experiment:
    name: str
    lines: tuple[str, ...]
    chaotic: bool
    first: bool
    """Uses only what the first version of the arithmetic has: see FIRST."""
    small: bool

    @property
    def has_gates(self) -> bool:
        """Whether it has relus that gates.py can turn: those of nn.RNN are inside."""
        return any(line.startswith("model cnn") and "activation" not in line or "activation=relu" in line for line in self.lines)

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


FIRST = {"model": {"simplenet", "mlp", "rnn"}, "task": {"sum", "regression", "sine", "adding", "temporal-order", "text", "csv"},
           "optimizer": {"sgd", "adam"}, "clip": {"norm", "value", "off"}}

# name · model · init · task · optimizer · clip · seed · chaotic (~) or calm (=), + in the small set for continuous integration
# Further lines after the first seven columns stand before the steps, or replace them where they contain `step`.
ROWS = """
tutorial            | simplenet | default | sum | sgd lr=0.01 | norm max_norm=1 | 0 | =+
tutorial-off        | simplenet | default | sum | sgd lr=0.1 | off | 0 | =+
tutorial-off-seed3  | simplenet | default | sum batch=4 | sgd lr=0.3 | off | 3 | ~
tutorial-value      | simplenet | default | sum | sgd lr=0.05 | value clip_value=0.1 | 1 | =+
tutorial-inf        | simplenet hidden=33 | xavier | sum batch=3 | sgd lr=0.02 | norm max_norm=0.5 norm_type=inf | 2 | =+
tutorial-l1         | simplenet hidden=17 | kaiming | sum | sgd lr=0.02 momentum=0.9 | norm max_norm=5 norm_type=1 | 5 | =
regression          | simplenet | default | regression | sgd lr=0.1 | norm max_norm=1 | 0 | =+
regression-momentum | simplenet activation=relu | default | regression | sgd lr=0.05 momentum=0.9 | norm max_norm=0.5 | 1 | =
regression-nesterov | simplenet activation=gelu | default | regression batch=16 | sgd lr=0.05 momentum=0.9 nesterov=yes | norm max_norm=0.5 | 4 | =
regression-damped   | simplenet activation=sigmoid | default | regression | sgd lr=0.1 momentum=0.8 dampening=0.3 weight_decay=0.01 | off | 2 | =
regression-adam     | simplenet activation=tanh | default | regression | adam lr=0.01 | norm max_norm=0.1 | 3 | =+
regression-adam-off | simplenet | default | regression scale=10 | adam lr=0.005 weight_decay=0.01 | off | 6 | =
recipe-1b-off       | simplenet | default | regression | sgd lr=2.2 | off | 0 | ~+
recipe-1b           | simplenet | default | regression | sgd lr=2.2 | norm max_norm=1 | 0 | ~
recipe-1c-off       | simplenet | default | regression scale=10 | sgd lr=0.03 | off | 0 | ~+
recipe-1c           | simplenet | default | regression scale=10 | sgd lr=0.03 | norm max_norm=0.5 | 1 | =+
regression-l3       | simplenet | gain=1.3he | regression rows=64 batch=8 noise=0.5 | sgd lr=0.02 | norm max_norm=0.2 norm_type=3 | 7 | =
regression-value    | mlp hidden=32x2 activation=relu | kaiming | regression | sgd lr=0.05 | value clip_value=0.05 | 1 | =
sine-tanh           | mlp hidden=32x3 | default | sine | sgd lr=0.05 | norm max_norm=1 | 0 | =+
sine-relu           | mlp hidden=48,24 activation=relu | kaiming | sine | adam lr=0.003 | norm max_norm=1 | 1 | =
sine-gelu           | mlp hidden=32x3 activation=gelu | xavier | sine | sgd lr=0.05 momentum=0.9 | norm max_norm=0.5 norm_type=2 | 2 | =
sine-sigmoid        | mlp hidden=24x2 activation=sigmoid | xavier | sine | adam lr=0.01 | value clip_value=0.01 | 3 | ~
sine-linear         | mlp hidden=16x4 activation=none | gain=1 | sine batch=32 | sgd lr=0.02 | norm max_norm=1 norm_type=1 | 4 | =
recipe-2a-off       | mlp hidden=64x10 activation=relu | gain=1.3he | sine | sgd lr=0.1 | off | 0 | ~+
recipe-2a           | mlp hidden=64x10 activation=relu | gain=1.3he | sine | sgd lr=0.1 | norm max_norm=1 | 0 | ~
recipe-2b-off       | mlp hidden=64x20 | gain=1.5 | sine | sgd lr=0.1 | off | 0 | ~+
recipe-2b           | mlp hidden=64x20 | gain=1.5 | sine | sgd lr=0.1 | norm max_norm=1 | 0 | ~
csv-number          | mlp hidden=16x2 | default | csv weather.csv target=rain | adam lr=0.01 | norm max_norm=0.5 | 0 | ~+
csv-class           | simplenet hidden=12 activation=tanh | default | csv classes.csv target=sky batch=16 | sgd lr=0.1 momentum=0.9 | norm max_norm=0.5 | 1 | =+
csv-deep            | mlp hidden=20x3 activation=relu | kaiming | csv classes.csv target=sky | sgd lr=0.05 | norm max_norm=1 norm_type=inf | 2 | =
adding              | rnn hidden=32 | default | adding length=20 batch=16 | sgd lr=0.02 | norm max_norm=1 | 0 | ~+
adding-slow         | rnn hidden=32 | default | adding length=20 batch=64 | sgd lr=0.002 | norm max_norm=1 | 0 | =+
adding-slow-value   | rnn hidden=16 layers=2 nonlinearity=relu | default | adding length=10 batch=64 | sgd lr=0.002 momentum=0.5 | value clip_value=0.1 | 1 | =
adding-relu         | rnn hidden=24 nonlinearity=relu | identity | adding length=10 batch=16 | sgd lr=0.005 | norm max_norm=1 | 1 | ~
adding-two-layers   | rnn hidden=16 layers=2 | default | adding length=12 batch=8 | adam lr=0.005 | norm max_norm=0.2 | 2 | ~
adding-orthogonal   | rnn hidden=32 | orthogonal=1 | adding length=15 batch=16 | sgd lr=0.02 momentum=0.9 | norm max_norm=0.3 norm_type=inf | 3 | ~
adding-xavier       | rnn hidden=20 | xavier | adding length=20 batch=12 | sgd lr=0.02 | value clip_value=0.1 | 4 | ~
recipe-3c-off       | rnn hidden=64 | orthogonal=1.2 | adding length=10 batch=64 | sgd lr=0.1 | off | 0 | ~+
recipe-3c           | rnn hidden=64 | orthogonal=1.2 | adding length=10 batch=64 | sgd lr=0.1 | norm max_norm=1 | 0 | ~
recipe-3d-off       | rnn hidden=64 nonlinearity=relu | identity | adding length=20 batch=64 | sgd lr=0.05 | off | 0 | ~
order               | rnn hidden=50 | default | temporal-order | sgd lr=0.1 | norm max_norm=1 | 0 | =+
order-kaiming       | rnn hidden=20 | kaiming | temporal-order length=10 batch=10 | adam lr=0.002 | norm max_norm=1 norm_type=3 | 1 | ~
order-gain          | rnn hidden=24 | gain=1 | temporal-order length=15 batch=10 | sgd lr=0.05 | norm max_norm=2 norm_type=1 | 5 | =
recipe-3a-off       | rnn hidden=50 | radius=1.6 | temporal-order | sgd lr=0.1 | off | 0 | ~+
recipe-3a           | rnn hidden=50 | radius=1.6 | temporal-order | sgd lr=0.1 | norm max_norm=1 | 0 | ~+
vanishing           | rnn hidden=50 | radius=0.5 | temporal-order length=50 | sgd lr=0.1 | norm max_norm=1 | 0 | =+
vanishing-off       | rnn hidden=50 | radius=0.5 | temporal-order length=50 | sgd lr=0.1 | off | 1 | =
text                | rnn hidden=32 | default | text sample-text.txt length=20 batch=8 | sgd lr=0.5 | norm max_norm=0.5 | 0 | =+
text-adam           | rnn hidden=24 nonlinearity=relu | default | text sample-text.txt length=15 batch=8 | adam lr=0.003 | norm max_norm=1 | 2 | =
recipe-4b-off       | rnn hidden=64 | radius=1.0 | text sample-text.txt | sgd lr=3 | off | 0 | ~
recipe-4b           | rnn hidden=64 | radius=1.0 | text sample-text.txt | sgd lr=3 | norm max_norm=0.5 | 0 | ~
outlier             | simplenet | default | regression | sgd lr=0.3 | norm max_norm=1 | 0 | =+ | step 20; outlier scale=100; step 30
outlier-off         | simplenet | default | regression | sgd lr=0.3 | off | 0 | ~ | step 20; outlier scale=100; step 30
outlier-momentum    | simplenet | default | regression | sgd lr=0.1 momentum=0.9 | off | 1 | ~ | step 20; outlier scale=100; step 30
nan-target          | simplenet | default | regression | sgd lr=0.1 | norm max_norm=1 | 0 | =+ | step 10; outlier nan; step 5
nan-target-adam     | mlp hidden=16x2 | default | sine | adam lr=0.01 | off | 0 | = | step 10; outlier nan; step 5
accumulate          | mlp hidden=32x2 | default | sine batch=16 | sgd lr=0.05 | norm max_norm=1 | 2 | =+ | accumulate 4
turning             | simplenet activation=tanh | default | regression | sgd lr=0.1 | norm max_norm=1 | 5 | =+ | step 10; max_norm down; step 10; norm_type next; step 10; clip off; lr up; step 10; clip on; phase 6; step 9
xor                 | simplenet hidden=8 activation=tanh | default | xor | sgd lr=0.5 momentum=0.9 | norm max_norm=1 | 0 | ~+
xor-rmsprop         | mlp hidden=8x2 activation=sigmoid | xavier | xor | rmsprop lr=0.01 | agc clipping=0.05 | 1 | =
regression-adamw    | simplenet activation=relu | default | regression | adamw lr=0.005 weight_decay=0.05 | autoclip percentile=10 | 2 | =+
regression-rmsprop  | simplenet activation=tanh | default | regression | rmsprop lr=0.003 alpha=0.9 | per-parameter max_norm=0.1 | 3 | =
skipping            | simplenet | default | regression scale=2 | sgd lr=0.05 | skip max_norm=3.5 | 0 | =+
skipping-nan        | simplenet | default | regression | sgd lr=0.1 | skip max_norm=10 | 0 | = | step 10; outlier nan; step 20
zclip               | mlp hidden=24x2 | default | sine | sgd lr=0.05 | zclip | 0 | =+ | step 30; outlier scale=30; step 20
zclip-nan           | simplenet | default | regression | sgd lr=0.1 | zclip alpha=0.9 threshold=1.5 warmup=10 | 1 | = | step 20; outlier scale=10; step 20
autoclip            | rnn hidden=24 | default | adding length=15 batch=16 | sgd lr=0.02 | autoclip percentile=50 | 1 | =
agc                 | mlp hidden=24x3 activation=relu | kaiming | sine | sgd lr=0.1 momentum=0.9 | agc clipping=0.02 | 4 | =+
agc-cnn             | cnn depth=3 channels=6 pool=1 | kaiming | shapes rows=64 size=8 batch=16 | sgd lr=0.1 | agc clipping=0.05 | 1 | =
copy                | rnn hidden=32 | orthogonal=1 | copy batch=16 | sgd lr=0.1 | norm max_norm=0.5 | 0 | ~
copy-gru            | gru hidden=24 update=1 | default | copy length=3 delay=4 symbols=5 batch=16 | adam lr=0.01 | norm max_norm=0.5 | 1 | =+
copy-lstm           | lstm hidden=16 layers=2 forget=1 | xavier | copy length=3 delay=3 symbols=4 batch=8 | rmsprop lr=0.005 | value clip_value=0.01 | 2 | ~
parity              | rnn hidden=48 | radius=1.5 | parity | sgd lr=1 | norm max_norm=0.5 | 0 | ~
parity-lstm         | lstm hidden=20 | default | parity length=10 batch=32 | adam lr=0.01 | per-parameter max_norm=0.05 | 1 | ~+
parity-gru          | gru hidden=16 layers=2 | orthogonal=1 | parity length=8 batch=16 | sgd lr=0.3 momentum=0.9 nesterov=yes | norm max_norm=0.5 | 2 | =
adding-lstm         | lstm hidden=24 | default | adding length=20 batch=16 | sgd lr=0.1 momentum=0.9 | norm max_norm=0.5 | 3 | ~+
adding-gru          | gru hidden=24 | default | adding length=20 batch=16 | adamw lr=0.005 | zclip warmup=10 | 4 | =
recipe-6a           | lstm hidden=50 forget=3 | default | temporal-order length=30 | sgd lr=0.5 | norm max_norm=1 | 0 | ~
order-gru           | gru hidden=20 update=2 | default | temporal-order length=20 batch=10 | sgd lr=0.5 | autoclip percentile=90 | 1 | =
text-lstm           | lstm hidden=32 | default | text sample-text.txt length=20 batch=8 | adam lr=0.01 | norm max_norm=0.5 | 0 | =+
text-gru            | gru hidden=24 | xavier | text sample-text.txt length=15 batch=6 | rmsprop lr=0.003 | agc clipping=0.1 | 1 | =
shapes              | cnn depth=4 channels=8 | kaiming | shapes rows=128 batch=16 | sgd lr=0.05 momentum=0.9 | norm max_norm=1 | 0 | ~+
shapes-flatten      | cnn depth=3 channels=6 pool=1 head=flatten activation=tanh | xavier | shapes rows=64 size=9 batch=16 | adam lr=0.005 | norm max_norm=1 norm_type=inf | 1 | =+
shapes-plain        | cnn depth=2 channels=5 pool=0 activation=gelu | default | shapes rows=64 size=5 batch=16 noise=0.3 | adamw lr=0.01 | value clip_value=0.01 | 2 | ~
recipe-5a-off       | cnn | gain=1.3he | shapes | sgd lr=0.3 | off | 0 | ~
recipe-5b-off       | cnn channels=12 | gain=2he | shapes size=8 | sgd lr=0.1 | off | 0 | ~
recipe-5a           | cnn | gain=1.3he | shapes | sgd lr=0.3 | norm max_norm=1 | 0 | ~
"""


def experiments() -> list[Experiment]:
    return [_experiment([cell.strip() for cell in row.split("|")]) for row in ROWS.strip().splitlines()]


def _experiment(cells: list[str]) -> Experiment:
    name, model, init, task, optimizer, clip, seed, marks, *more = cells
    lines = [f"seed {seed}", f"model {model}", f"init {init}", f"task {task}", f"optimizer {optimizer}", f"clip {clip}", *more]
    if not any("step" in line for line in more):
        lines.append(f"step {STEPS}")
    words = {"model": model, "task": task, "optimizer": optimizer, "clip": clip}
    first = all(words[key].split()[0] in allowed for key, allowed in FIRST.items())
    return Experiment(name, tuple(lines), "~" in marks, first, "+" in marks)


def write(folder: Path, chosen: list[Experiment]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for data in DATA.iterdir():
        shutil.copyfile(data, folder / data.name)
    for experiment in chosen:
        (folder / f"{experiment.name}.scenario").write_text(experiment.text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path, metavar="FOLDER")
    parser.add_argument("--first", action="store_true", help="only what the first version of the arithmetic has")
    parser.add_argument("--small", action="store_true", help="only the small set")
    parser.add_argument("--measure", nargs="*", metavar="NAME")
    arguments = parser.parse_args()
    chosen = [e for e in experiments() if (e.first or not arguments.first) and (e.small or not arguments.small)]
    if arguments.measure is not None:
        from measure import measure
        return measure([e for e in chosen if not arguments.measure or e.name in arguments.measure])
    if arguments.write:
        write(arguments.write, chosen)
    for experiment in chosen:
        print(experiment.name, "chaotic" if experiment.chaotic else "calm", "first" if experiment.first else "later")
    return 0


if __name__ == "__main__":
    sys.exit(main())
