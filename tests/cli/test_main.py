"""The command line as a whole: the commands that --help lists, and a process with its output and exit code."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest


def test_help_lists_the_commands_in_the_order_in_which_people_need_them(run) -> None:
    shown = run("--help").stdout
    panels = {
        title: re.findall(r"^│ ([a-z-]+) ", body, flags=re.MULTILINE)
        for title, body in re.findall(r"^╭─ ([^─]+) ─+╮$(.*?)^╰", shown, flags=re.MULTILINE | re.DOTALL)
    }
    assert list(panels.items())[1:] == [
        ("Search and evaluate", ["search", "calibrate", "gap", "evaluate", "compare", "index"]),
        ("Check and inspect", ["check", "drift", "models", "datasets", "doctor", "cache"]),
        ("Engines", ["push", "export"]),
        ("Train", ["train-async"]),
        ("Captions", ["score", "correlate"]),
        ("App", ["serve", "space", "docs"]),
    ]


def test_help_of_a_process_loads_nothing_heavy() -> None:
    heavy = ("torch", "gradio", "faiss", "open_clip", "scipy", "sklearn", "numpy", "PIL", "matplotlib")
    code = (
        "import sys, contextlib, io\nfrom modgap.cli.main import app\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit): app(['--help'])\n"
        f"print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_version(run) -> None:
    assert run("--version").stdout.strip() == "0.2.0"


@pytest.mark.parametrize("arguments", [["nosuch"], ["models", "--nosuch"], ["cache", "nosuch"]])
def test_bad_usage_is_exit_2(run, arguments: list[str]) -> None:
    assert run(*arguments).returncode == 2


def test_a_real_process_prints_only_json_on_stdout_and_its_exit_code(vectors: Path) -> None:
    command = [sys.executable, "-m", "modgap", "search", "corpus.npz"]
    good = subprocess.run(
        [*command, "@queries.npz", "--json"], capture_output=True, text=True, cwd=vectors, check=False
    )
    assert (good.returncode, json.loads(good.stdout)["method"]) == (0, "calibrated")
    bad = subprocess.run([*command, "words"], capture_output=True, text=True, cwd=vectors, check=False)
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr.startswith("modgap: This collection holds precomputed vectors")
