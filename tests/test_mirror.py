"""Tests mirror the package: `modgap/a/b.py` is tested in `tests/a/test_b.py`; the exceptions are listed here."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

EXCEPTIONS = {
    "__main__.py": "two lines; tests/cli/test_main.py starts the program through it",
    "ui/visit/app_state.py": "a dataclass without logic",
    "ui/visit/failures.py": "a sentence and an exception without logic",
}
"""Modules without a test file of their name, and why. At most a dozen."""


def untested(package: Path, tests: Path) -> list[str]:
    """Modules of the package, by their path in it, that have no test file of their name."""
    modules = [path.relative_to(package) for path in sorted(package.rglob("*.py")) if path.name != "__init__.py"]
    return [path.as_posix() for path in modules if not (tests / path.parent / f"test_{path.stem}.py").is_file()]


def test_every_module_has_a_test_file_of_its_name() -> None:
    found = untested(ROOT / "modgap", ROOT / "tests")
    assert [path for path in found if path not in EXCEPTIONS] == []


def test_the_exceptions_are_few_and_still_needed() -> None:
    assert len(EXCEPTIONS) <= 12
    assert sorted(EXCEPTIONS) == [path for path in untested(ROOT / "modgap", ROOT / "tests") if path in EXCEPTIONS]


def test_a_missing_test_file_is_seen(tmp_path: Path) -> None:
    (tmp_path / "package" / "a").mkdir(parents=True)
    (tmp_path / "tests" / "a").mkdir(parents=True)
    for path in ("package/a/b.py", "package/a/c.py", "package/a/__init__.py", "tests/a/test_b.py"):
        (tmp_path / path).write_text("")
    assert untested(tmp_path / "package", tmp_path / "tests") == ["a/c.py"]


def test_the_package_shows_at_most_twenty_entries() -> None:
    entries = [path.name for path in (ROOT / "modgap").iterdir() if path.name not in ("__pycache__", "_assets")]
    assert len(entries) <= 20, sorted(entries)
