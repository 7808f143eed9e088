"""What is not installed is named in a sentence with the command that installs it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from modgap.errors import ModelError, ModgapError
from modgap.io import extras

ROOT = Path(__file__).resolve().parents[2]
HIDE = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {hidden!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Hidden())
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name.partition(".")[0] in {hidden!r} else found(name, *rest)
sys.argv = ["modgap", *{arguments!r}]
"""


def run_without(*hidden: str, arguments: tuple[str, ...] = (), code: str) -> subprocess.CompletedProcess[str]:
    """Run Python in which these modules seem not to be installed."""
    script = HIDE.format(hidden=hidden, arguments=arguments) + code
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)


def command(*arguments: str, without: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    return run_without(*without, arguments=arguments, code="from modgap.cli.main import main\nmain()")


@pytest.mark.parametrize("extra", extras.EXTRAS)
def test_every_extra_stands_in_pyproject(extra: str) -> None:
    assert re.search(rf"^{extra} = \[", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda module: None if module == "open_clip" else object())
    assert extras.missing_modules("encoders") == ["open_clip"]
    with pytest.raises(ModelError, match=r"open_clip, which is not installed: pip install 'modgap\[encoders\]'"):
        extras.require_extra("encoders", ModelError)


def test_nothing_is_raised_where_all_is_there() -> None:
    extras.require_extra("encoders")


def test_the_error_is_modgaps_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda module: None)
    with pytest.raises(ModgapError, match="The web app needs gradio"):
        extras.require_extra("app")


HEAVY = ("torch", "torchvision", "open_clip", "timm", "gradio", "scipy", "sklearn", "matplotlib", "ir_measures")


def test_vectors_are_calibrated_and_searched_without_any_extra() -> None:
    code = (
        "import numpy, modgap\n"
        "v = numpy.random.default_rng(0).standard_normal((90, 8))\n"
        "c = modgap.Collection.from_vectors([*map(str, range(50))], ['text', 'image'] * 25, v[:50])\n"
        "c.calibrate(v[50:])\n"
        "print(len(c.search(v[60], k=7)), c)\n"
    )
    done = run_without(*HEAVY, code=code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("7 ")


def test_the_sample_is_searched_by_a_shipped_query_without_any_extra() -> None:
    done = command("search", "assets/sample/corpus", "solar panels", "--no-cache", without=HEAVY)
    assert done.returncode == 0, done.stderr
    assert "photos/solar-panel-array.webp" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        (("search", "assets/sample/corpus", "a query that no file ships, of zebras"), "encoders"),
        (("models",), "encoders"),
        (("serve",), "app"),
        (("evaluate", "assets/sample/corpus", "--queries", "assets/sample/queries.jsonl", "--no-cache"), "evaluation"),
    ],
)
def test_a_command_says_what_to_install(arguments: tuple[str, ...], extra: str) -> None:
    done = command(*arguments, without=HEAVY)
    assert done.returncode == 1
    assert f"pip install 'modgap[{extra}]'" in done.stderr
    assert "Traceback" not in done.stderr
