"""Are the marks in table.py right? Three runs of torch alone answer: float32, float64, and float32 on torch's portable code
path (no AVX, other reductions, other polynomials in randn), which differs from the first as another correct program would."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import limits
from compare import compare, read
from reference import trace_all

if TYPE_CHECKING:
    from table import Experiment

PORTABLE = {"ATEN_CPU_CAPABILITY": "default", "ONEDNN_MAX_CPU_ISA": "SSE41", "MKL_ENABLE_INSTRUCTIONS": "SSE4_2"}


def measure(chosen: list["Experiment"]) -> int:
    """Prints a line for every experiment; 1 if a mark is wrong."""
    from table import write

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, chosen)
        scenarios = [folder / f"{experiment.name}.scenario" for experiment in chosen]
        script = "import sys; from pathlib import Path; from reference import trace_all; trace_all([Path(p) for p in sys.argv[1:]], '.portable')"
        portable = subprocess.Popen([sys.executable, "-c", script, *map(str, scenarios)], env={**os.environ, **PORTABLE}, cwd=Path(__file__).parent)
        trace_all(scenarios, ".torch")
        trace_all(scenarios, ".float64", float64=True)
        if portable.wait() != 0:
            return 1
        return int(sum(_wrong(experiment, folder) for experiment in chosen) > 0)


def _wrong(experiment: "Experiment", folder: Path) -> bool:
    torch32, float64, portable = (read(folder / f"{experiment.name}.{kind}") for kind in ("torch", "float64", "portable"))
    other, demand = compare(portable, torch32), limits.demand(experiment.chaotic, torch32, float64)
    spread = max([0.0, *compare(torch32, float64).differences[:limits.finite_steps(torch32)]])
    verdict = limits.verdict(other, demand)
    right = verdict.held and (experiment.chaotic or max(spread, other.largest) <= limits.CALM_IN_TORCH)
    bad = next((line["step"] for line in torch32 if line["nonfinite"]), "-")
    print(f"{'ok   ' if right else 'WRONG'} {experiment.name:20} {'chaotic' if experiment.chaotic else 'calm   '} float64 {spread:.1e}"
          f" portable {other.largest:.1e} {verdict.text}  loss {float(torch32[0]['loss']):.4g} -> {float(torch32[-1]['loss']):.4g}"
          f" clipped {sum(line['clipped'] for line in torch32)} non-finite from {bad}  {other.worst}", flush=True)
    return not right
