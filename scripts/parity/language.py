"""The command language as text: words, options, settings, conditions, ladders.

Nothing here knows PyTorch. A line is one or more commands separated by `;`, `#` starts a comment,
text stands in double quotes. What a command means is in `reference.py`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

TOKEN = re.compile(r'"(?P<text>[^"]*)"|(?P<end>;)|(?P<comment>#.*)|(?P<word>(?:[^\s;#"]|(?<=\S)#|"[^"]*")+)')


class ScenarioError(Exception):
    """A line that cannot be executed, with its place."""


@dataclass(frozen=True)
class Command:
    """One command: `clip norm max_norm=1` has name clip, words [norm], options {max_norm: 1}."""

    name: str
    words: list[str]
    options: dict[str, str]
    line: int


@dataclass(frozen=True)
class Choice:
    """A network, task, optimizer, initialisation or clipping rule with all of its options.

    `words` are what stands after the name without a key: the file of `text` and `csv`.
    """

    name: str
    options: dict[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        words = [quoted(word) for word in self.words]
        return " ".join([self.name, *words, *(f"{key}={value}" for key, value in self.options.items())])

    def number(self, key: str) -> float:
        return number(self.options[key])

    def whole(self, key: str) -> int:
        return int(self.options[key])

    def flag(self, key: str) -> bool:
        return self.options[key] == "yes"


MODELS: dict[str, dict[str, str]] = {
    "simplenet": {"hidden": "100", "activation": "none"},
    "mlp": {"hidden": "64x10", "activation": "tanh"},
    "rnn": {"hidden": "64", "layers": "1", "nonlinearity": "tanh"},
    "lstm": {"hidden": "64", "layers": "1"},
    "gru": {"hidden": "64", "layers": "1"},
    "cnn": {"depth": "10", "channels": "16", "activation": "relu", "pool": "2", "head": "mean"},
}
GATE_BIAS = {"lstm": "forget", "gru": "update"}
"""Options without a default: absent means that PyTorch's biases stay."""

TASKS: dict[str, dict[str, str]] = {
    "sum": {"batch": "1"},
    "regression": {"rows": "256", "batch": "32", "noise": "0.1", "scale": "1"},
    "sine": {"rows": "512", "batch": "64"},
    "xor": {},
    "adding": {"length": "50", "batch": "32"},
    "temporal-order": {"length": "20", "batch": "20"},
    "copy": {"length": "5", "delay": "5", "symbols": "8", "batch": "32"},
    "parity": {"length": "20", "batch": "64"},
    "shapes": {"rows": "512", "size": "12", "batch": "32", "noise": "0.1"},
    "text": {"length": "50", "batch": "16"},
    "csv": {"target": "", "batch": "32"},
}
FLAT = ("sum", "regression", "sine", "xor", "csv")
SEQUENCES = ("adding", "temporal-order", "copy", "parity", "text")
LEGAL = {"simplenet": FLAT, "mlp": FLAT, "rnn": SEQUENCES, "lstm": SEQUENCES, "gru": SEQUENCES, "cnn": ("shapes",)}

_ADAM = {"lr": "0.001", "beta1": "0.9", "beta2": "0.999", "eps": "1e-8"}
OPTIMIZERS: dict[str, dict[str, str]] = {
    "sgd": {"lr": "0.01", "momentum": "0", "dampening": "0", "nesterov": "no", "weight_decay": "0"},
    "adam": {**_ADAM, "weight_decay": "0"},
    "adamw": {**_ADAM, "weight_decay": "0.01"},
    "rmsprop": {"lr": "0.01", "alpha": "0.99", "eps": "1e-8"},
}
RULES: dict[str, dict[str, str]] = {
    "norm": {"max_norm": "1", "norm_type": "2", "error_if_nonfinite": "no"},
    "value": {"clip_value": "1"},
    "per-parameter": {"max_norm": "1"},
    "agc": {"clipping": "0.01", "eps": "1e-3"},
    "autoclip": {"percentile": "10"},
    "zclip": {"alpha": "0.97", "threshold": "2.5", "warmup": "25"},
    "skip": {"max_norm": "1"},
}
INITS_WITH_VALUE = ("gain", "radius", "orthogonal")
INITS = ("default", "identity", "xavier", "kaiming")


def number(text: str) -> float:
    """`0.5`, `1e-3`, `inf`, `nan`; `1.3he` is 1.3·√2 (He's gain for relu)."""
    if text.endswith("he"):
        return float(text[:-2] or "1") * math.sqrt(2.0)
    return float(text)


def quoted(word: str) -> str:
    return f'"{word}"' if re.search(r'[\s;#]', word) else word


def parse(source: str) -> list[Command]:
    """All commands of a scenario, in order."""
    return [command for line, text in enumerate(source.splitlines(), 1) for command in _parse_line(text, line)]


def load(path: Path) -> list[Command]:
    return parse(path.read_text(encoding="utf-8"))


def _parse_line(text: str, line: int) -> Iterator[Command]:
    words: list[tuple[str, bool]] = []  # the word, and whether it was quoted

    def command() -> Iterator[Command]:
        if not words:
            return
        (name, _), rest = words[0], words[1:]
        pairs = [(word, "=" in word and not text_) for word, text_ in rest]
        options = dict(word.replace('"', "").split("=", 1) for word, is_option in pairs if is_option)
        yield Command(name, [word for word, is_option in pairs if not is_option], options, line)
        words.clear()

    for token in TOKEN.finditer(text):
        if token["comment"]:
            break
        if token["end"]:
            yield from command()
        elif token["word"] is not None:
            words.append((token["word"], False))
        else:
            words.append((token["text"], True))
    yield from command()


def choose(kind: str, table: dict[str, dict[str, str]], command: Command, extra: dict[str, str] | None = None) -> Choice:
    """A command's words with the defaults filled in, in the table's order; unknown words are errors."""
    if not command.words or command.words[0] not in table:
        raise ScenarioError(f"line {command.line}: {kind} is one of {', '.join(table)}")
    name, words = command.words[0], tuple(command.words[1:])
    allowed = [*table[name], *([extra[name]] if extra and name in extra else [])]  # an extra option has no default
    for key in command.options:
        if key not in allowed:
            raise ScenarioError(f"line {command.line}: {name} has no option {key}; it has {', '.join(allowed) or 'none'}")
    merged = {**table[name], **command.options}
    options = {key: merged[key] for key in allowed if key in merged}
    if name in ("text", "csv") and table is TASKS:
        if len(words) != 1:
            raise ScenarioError(f"line {command.line}: {name} needs one file")
    elif words and not (table is RULES and name == "value"):
        raise ScenarioError(f"line {command.line}: unexpected {words[0]}")
    if table is RULES and name == "value" and words:  # `clip value 0.5`
        options["clip_value"], words = words[0], ()
    return Choice(name, options, words)


def choose_init(command: Command) -> Choice:
    """`init gain=1.5` is the choice "gain" with one option of the same name, so that it prints as it was written."""
    if len(command.options) == 1 and not command.words:
        (key, value), = command.options.items()
        if key in INITS_WITH_VALUE:
            return Choice(key, {key: value})
    if len(command.words) == 1 and command.words[0] in INITS and not command.options:
        return Choice(command.words[0])
    raise ScenarioError(f"line {command.line}: init is one of {', '.join(INITS)}, or {'=, '.join(INITS_WITH_VALUE)}=")


def print_init(init: Choice) -> str:
    return f"{init.name}={init.options[init.name]}" if init.options else init.name


LADDER = ("1", "1.25", "1.6", "2", "2.5", "3.2", "4", "5", "6.3", "8")


def ladder(value: float, direction: str) -> float:
    """The next rung above or below: `ladder(1, "up") == 1.25`. A value between two rungs goes to the nearer end's rung."""
    decade = math.floor(math.log10(value))
    rungs = [float(f"{rung}e{exponent}") for exponent in range(decade - 1, decade + 2) for rung in LADDER]
    if direction == "up":
        return min(rung for rung in rungs if rung > value * (1 + 1e-9))
    return max(rung for rung in rungs if rung < value * (1 - 1e-9))


CONDITION = re.compile(r"^\s*(?P<name>[^\s<>=!]+)\s*(?:(?P<op><=|>=|==|!=|<|>)\s*(?P<value>\S+)|is\s+(?P<kind>nan|inf|finite|nonfinite))\s*$")


def holds(condition: str, measured: dict[str, float]) -> bool:
    """Whether `loss < 0.1` or `total_norm is nonfinite` is true of what was measured; comparisons with NaN are false."""
    match = CONDITION.match(condition)
    if match is None:
        raise ScenarioError(f"not a condition: {condition}")
    if match["name"] not in measured:
        raise ScenarioError(f"not measured here: {match['name']}")
    left = measured[match["name"]]
    if match["kind"]:
        kinds = {"nan": math.isnan(left), "inf": math.isinf(left), "finite": math.isfinite(left)}
        return not kinds["finite"] if match["kind"] == "nonfinite" else kinds[match["kind"]]
    right = number(match["value"])
    if math.isnan(left) or math.isnan(right):
        return False
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right,
            "==": left == right, "!=": left != right}[match["op"]]
