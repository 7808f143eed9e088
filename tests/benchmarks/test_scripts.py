"""Every benchmark can be imported by its module name, and the provenance line names what it should."""

import importlib
import re
from pathlib import Path

import pytest

from benchmarks import provenance

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in (ROOT / "benchmarks").glob("*/[a-z]*.py")
)


@pytest.mark.parametrize("name", MODULES)
def test_a_benchmark_imports_alone_and_has_a_main(name: str) -> None:
    module = importlib.import_module(name)
    assert callable(module.main)
    assert f"python -m {name}" in (module.__doc__ or "")


def test_the_provenance_line_names_date_machine_commit_and_versions() -> None:
    line = provenance.provenance()
    assert re.match(r"\d{4}-\d\d-\d\d, .+, \d+ cores, .+; commit \S.*; torch \S+, open_clip_torch \S+, numpy", line)


def test_a_changed_measurement_marks_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    def git(*arguments: str) -> str:
        asked.append(arguments)
        return "abc123" if arguments[0] == "rev-parse" else " M findings/sets.py"

    monkeypatch.setattr(provenance, "_git", git)
    assert "commit abc123+;" in provenance.provenance()
    assert {":/modgap", ":/benchmarks", ":/findings"} <= set(asked[-1])
    assert all((ROOT / folder.removeprefix(":/")).is_dir() for folder in provenance.MEASURED)
