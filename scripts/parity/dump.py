#!/usr/bin/env python3
"""Runs the README's program that dumps gradients, as it is printed there, and holds clipscope's answer against torch and the README.

    dump.py CLIPSCOPE        (in the .venv)

Then the same for dumps in every format and for a sharded one, written by the safetensors library itself. Status 0 if all hold.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import save_file

ROOT = Path(__file__).resolve().parents[2]


def clip(program: str, *words: str, folder: str) -> str:
    return subprocess.run([program, "clip", *words], cwd=folder, capture_output=True, text=True, check=True).stdout


def readme(program: str, folder: str) -> str:
    section = re.search(r"<!-- dump -->\n```python\n(.*?)```\n\n```\n\$ .*?\n(.*?)```\n<!-- /dump -->", (ROOT / "README.md").read_text(), re.S)
    if not section:
        return "the README has no program between its marks"
    lines = section[1].count("\n")
    if lines > 10:
        return f"the README's program has {lines} lines"
    run = subprocess.run([sys.executable, "-c", section[1]], cwd=folder, capture_output=True, text=True)
    total = re.search(r"tensor\((.*)\)", run.stdout)
    if not total:
        return f"the README's program says {run.stdout + run.stderr}"
    answer = json.loads(clip(program, "gradients.safetensors", folder=folder))
    if abs(answer["total_norm"] - float(total[1])) > 1e-4 * float(total[1]):
        return f"torch says {total[1]}, clipscope {answer['total_norm']}"
    table = clip(program, "gradients.safetensors", "--summary", folder=folder)
    return "" if table == section[2] else f"the README shows\n{section[2]}and clipscope\n{table}"


def formats(program: str, folder: str) -> str:
    torch.manual_seed(2)
    shards: dict[str, dict[str, torch.Tensor]] = {"a.safetensors": {}, "b.safetensors": {}}
    for n, dtype in enumerate([torch.float16, torch.bfloat16, torch.float32, torch.float64]):
        shards[f"{'ab'[n % 2]}.safetensors"][f"w{n}"] = torch.randn(30 + n, 7).to(dtype)
    for name, tensors in shards.items():
        save_file(tensors, f"{folder}/{name}")
    names = {tensor: name for name, tensors in shards.items() for tensor in tensors}
    Path(folder, "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": names}, indent=2))
    for path, tensors in [*shards.items(), ("model.safetensors.index.json", {name: shards[file][name] for name, file in names.items()})]:
        answer = json.loads(clip(program, path, folder=folder))
        models = {name: torch.nn.Parameter(torch.zeros_like(tensor)) for name, tensor in tensors.items()}
        for name, model in models.items():
            model.grad = tensors[name].clone()
        total = torch.nn.utils.clip_grad_norm_(models.values(), 1.0).item()
        if abs(answer["total_norm"] - total) > 1.3e-6 * total:
            return f"{path}: torch says {total}, clipscope {answer['total_norm']}"
        for gradient in answer["gradients"]:
            expected = models[gradient["name"]].grad
            values = torch.tensor(gradient["values"], dtype=expected.dtype).reshape(gradient["shape"])
            if not torch.allclose(values, expected, rtol=1.3e-6 if expected.dtype in (torch.float32, torch.float64) else 2**-7, atol=0):
                return f"{path}: {gradient['name']} is not torch's"
    return ""


def main() -> int:
    program = str(Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as folder:
        problems = [problem for problem in (readme(program, folder), formats(program, folder)) if problem]
    for problem in problems:
        print(f"FAIL {problem}")
    print(f"{2 - len(problems)} of 2: the README's dump, and dumps in all formats and in shards")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
