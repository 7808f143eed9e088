"""The Python snippet runs with NumPy alone and gives the z of the calibration."""

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from modgap.calibration import Calibration
from modgap.engines.snippets import export
from tests.engines.snippet_cases import COSINES, HOSTILE, MODALITY, THREE, Z_OF_THREE, calibrated, expected


def test_python_runs_with_numpy_alone(calibration: Calibration, query_modality: str, tmp_path: Path) -> None:
    script = export(calibration.numbers(query_modality), "python") + (
        f"import sys\nassert not [m for m in sys.modules if m.startswith('modgap')]\n"
        f"print(standardize({COSINES}, {MODALITY}).tolist())\nprint(rank({COSINES}, {MODALITY}, k=2).tolist())\n"
    )
    (tmp_path / "rank.py").write_text(script, encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", "rank.py"], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    z, best = map(ast.literal_eval, done.stdout.splitlines())
    assert z == pytest.approx(expected(calibration, query_modality), rel=1e-5)
    assert best == np.argsort(-calibrated(calibration, query_modality), kind="stable")[:2].tolist()


def test_python_knows_a_third_group_whatever_its_name() -> None:
    names: dict = {}
    exec(export(THREE, "python"), names)
    assert names["standardize"]([0.8] * 3, HOSTILE) == pytest.approx(list(Z_OF_THREE.values()))
