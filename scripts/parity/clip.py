#!/usr/bin/env python3
"""Holds `clipscope clip` against torch on gradients that neither has seen before.

    clip.py CLIPSCOPE [--cases 600] [--seed 0]        (in the .venv)

Draws gradients of float32, float64, float16 and bfloat16, also of several in one model (empty lists, empty tensors, scalars, zeros of both signs, subnormal, huge, infinite and NaN
elements) and every kind of max_norm, norm_type, error_if_nonfinite and clip_value; asks both, and compares: the total within
TOTAL of the format, NaN with NaN and infinities with infinities; gradients to the bit of what torch's formula makes of clipscope's
own total, which is torch's result to the bit wherever the totals are equal. Status 0 if all hold.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import subprocess
import sys
from typing import Any

import torch

INF, NAN = math.inf, math.nan
TOTAL = {torch.float32: 1.3e-6, torch.float64: 1e-13, torch.float16: 2**-10, torch.bfloat16: 2**-7}
"""Sums in another order: torch's own tolerance for float32, some roundings for float64, the last place of the others."""
DTYPES = {"float32": torch.float32, "float64": torch.float64, "float16": torch.float16, "bfloat16": torch.bfloat16}
SHAPES = [[], [1], [2], [7], [33], [400], [0], [0, 3], [3, 0], [2, 3], [5, 1, 4], [2, 2, 3, 3], [129, 65]]
SPECIAL = [0.0, -0.0, INF, -INF, NAN, 1e-45, -1e-40, 5e-324, 1e-30, 1e20, -3e19, 3.4e38, 1e200, -1.7e308, 1e-6]
MAX_NORMS = [1.0, 0.1, 0.25, 3.7, 1e-7, 1e6, 0.0, -0.0, -1.0, INF, -INF, NAN, 1e-45, 1e39]
NORM_TYPES = [2.0, 2.0, 2.0, 1.0, INF, -INF, 0.0, 0.5, 3.0, 1.5, 4.0, -1.0, -2.0, -0.5, 0.1]


def number(value: float) -> float | str:
    return value if math.isfinite(value) else "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def gradient(random_: random.Random, dtype: torch.dtype) -> torch.Tensor:
    shape = random_.choice(SHAPES)
    values = torch.randn(shape).to(dtype) * 10.0 ** random_.choice([-20, -7, -3, -1, 0, 0, 0, 1, 4, 12])
    flat = values.view(-1)
    if random_.random() < 0.4 and len(flat):
        for _ in range(random_.randint(1, 3)):
            flat[random_.randrange(len(flat))] = torch.tensor(random_.choice(SPECIAL), dtype=torch.float64).to(dtype)
    return values * 0.0 if random_.random() < 0.05 else values


def case(random_: random.Random) -> dict[str, Any]:
    name = random_.choice(["float32", "float32", "float64", "float16", "bfloat16", "mixed"])
    gradients = [gradient(random_, DTYPES[name if name in DTYPES else random_.choice(list(DTYPES))]) for _ in range(random_.choice([0, 1, 1, 2, 3, 5]))]
    rule = random_.choice(["norm", "norm", "norm", "value"])
    options = {"clip_value": random_.choice([*MAX_NORMS, 0.5, 2.0])} if rule == "value" else {
        "max_norm": random_.choice([*MAX_NORMS, random_.uniform(0, 10)]), "norm_type": random_.choice(NORM_TYPES),
        "error_if_nonfinite": random_.random() < 0.3}
    return {**({"dtype": name} if name in DTYPES else {}), "rule": rule, "gradients": gradients, **options}


def line(case: dict[str, Any]) -> str:
    def value(item: Any) -> Any:
        return number(item) if isinstance(item, float) else item

    gradients = [{"name": f"g{n}", "shape": list(g.shape), "dtype": str(g.dtype), "values": [number(v) for v in g.flatten().tolist()]}
                 for n, g in enumerate(case["gradients"])]
    return json.dumps({**{key: value(item) for key, item in case.items()}, "gradients": gradients})


def parameters(case: dict[str, Any]) -> list[torch.Tensor]:
    result = []
    for g in case["gradients"]:
        result.append(torch.zeros_like(g, requires_grad=True))
        result[-1].grad = g.clone()
    return result


def same(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Bit by bit; every NaN is the same, and 0 is not -0."""
    return a.shape == b.shape and bool(torch.all((a.isnan() & b.isnan()) | ((a == b) & (a.signbit() == b.signbit()))))


def problem(case: dict[str, Any], answer: dict[str, Any]) -> str:
    """What is wrong with an answer; empty if nothing is."""
    models = parameters(case)
    expected: list[torch.Tensor]
    if case["rule"] == "value":
        if not models:  # an assertion of torch's own fails: it has no answer
            return "" if answer.get("gradients") == [] or "error" in answer else str(answer)
        try:
            torch.nn.utils.clip_grad_value_(models, case["clip_value"])
        except RuntimeError as error:
            return "" if "error" in answer else f"torch says {error}, clipscope {answer}"
        expected = [p.grad for p in models]
    else:
        try:
            total = torch.nn.utils.clip_grad_norm_(models, case["max_norm"], case["norm_type"], case["error_if_nonfinite"])
        except RuntimeError as error:
            says = "non-finite, so it cannot be clipped" if "non-finite" in str(error) else "has no elements"
            return "" if says in answer.get("error", "") else f"torch says {error}, clipscope {answer}"
        if "error" in answer:
            return f"torch gives {total}, clipscope {answer}"
        dtype = total.dtype if models else DTYPES[case.get("dtype", "float32")]
        found, total = torch.tensor(float(answer["total_norm"]), dtype=dtype), total.to(dtype)
        coarsest = max((TOTAL[g.dtype] for g in case["gradients"]), default=0)
        # For orders that need powers torch's float32 is coarser than that: then clipscope is to be no further from float64.
        exact = torch.nn.utils.get_total_norm([g.double() for g in case["gradients"]], case["norm_type"])
        nearer = abs(found.double() - exact) <= abs(total.double() - exact)
        if not (same(found, total) or nearer or abs(found - total) <= coarsest * abs(total) or abs(found - total) < torch.finfo(dtype).tiny):
            return f"total {found.item()!r}, torch's {total.item()!r}"
        expected = [g.clone().mul_(torch.clamp(case["max_norm"] / (found + 1e-6), max=1.0)) for g in case["gradients"]]
        if same(found, total) and not all(same(e, p.grad) for e, p in zip(expected, models)):
            return "torch's formula is not what torch does"
    if "error" in answer:
        return f"clipscope says {answer['error']}"
    for n, (e, g) in enumerate(zip(expected, answer["gradients"], strict=True)):
        values = torch.tensor([float(v) for v in g["values"]], dtype=e.dtype).reshape(e.shape)
        if not same(values, e):
            return f"g{n}: {values.flatten()[:4].tolist()}, torch's {e.flatten()[:4].tolist()}"
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clipscope")
    parser.add_argument("--cases", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    random_ = random.Random(arguments.seed)
    torch.manual_seed(arguments.seed)
    cases = [case(random_) for _ in range(arguments.cases)]
    text = "\n".join(map(line, cases)) + "\n"
    answers = subprocess.run([arguments.clipscope, "clip"], input=text, capture_output=True, text=True).stdout.splitlines()
    failed = len(cases) - min(len(answers), len(cases))
    for number_, (item, answer) in enumerate(zip(cases, answers), 1):
        text = problem(item, json.loads(answer))
        failed += bool(text)
        if text:
            options = {key: value for key, value in item.items() if key != "gradients"}
            print(f"FAIL case {number_} of seed {arguments.seed}: {text}\n     {options} shapes {[list(g.shape) for g in item['gradients']]}")
    print(f"{len(cases) - failed} of {len(cases)} clipped gradients are torch's (seed {arguments.seed})")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
