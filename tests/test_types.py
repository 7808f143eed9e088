"""A user's type checker sees real types, not Any."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = """
import modgap

collection = modgap.Collection.encode(modgap.read_corpus("trip/"), modgap.load_encoder())
calibration = collection.calibrate(["a red bridge"])
hits = collection.search("windmills", k=3)
reveal_type(collection)
reveal_type(calibration)
reveal_type(hits[0].fit)
reveal_type(collection["a"].text)
reveal_type(collection.compare("windmills").rank_change)
reveal_type(calibration.statistics_for("text")["image"].mean)
reveal_type(modgap.SimilarityStandardizer().fit([[1.0]], [[1.0]], ["text"]))
hits[0].rnk
modgap.load_encoder(7)
"""


def test_a_strict_checker_knows_the_public_names_and_finds_mistakes(tmp_path: Path) -> None:
    pytest.importorskip("mypy", reason="comes with the extra lint")
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "pyproject.toml", str(tmp_path / "script.py")]
    printed = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT).stdout
    revealed = re.findall(r'Revealed type is "(.+)"', printed)
    assert [each.replace("builtins.", "") for each in revealed] == [
        "modgap.search.collection.Collection",
        "modgap.calibration.artefact.Calibration",
        "float | None",
        "str | None",
        "dict[str, int]",
        "float",
        "modgap.methods.standardized.SimilarityStandardizer",
    ], printed
    assert '"Hit" has no attribute "rnk"' in printed
    assert 'Argument 1 to "load_encoder" has incompatible type "int"' in printed
