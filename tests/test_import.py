"""`import modgap` is quick and light, and the lists of dependencies agree."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import modgap

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("module", ["modgap", "modgap.cli.main"])
def test_import_pulls_in_nothing_heavy(module: str) -> None:
    heavy = ("torch", "gradio", "faiss", "open_clip", "scipy", "sklearn", "numpy", "PIL")
    code = f"import sys, {module}; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_can_be_imported() -> None:
    for name in modgap.__all__:
        assert getattr(modgap, name) is not None
    assert set(modgap.__all__) <= set(dir(modgap))
    with pytest.raises(AttributeError, match="no attribute 'magic'"):
        _ = modgap.magic


def test_type_checkers_see_the_names_that_are_exported() -> None:
    """The names stand twice in the file, since a type checker does not follow `__getattr__`."""
    tree = ast.parse(Path(modgap.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {
        (alias.name, each.module) for each in block.body if isinstance(each, ast.ImportFrom) for alias in each.names
    }
    assert seen == set(modgap._MODULE_OF.items())


def test_requirements_and_pyproject_list_the_same() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = []
    for name in ("dependencies", "encoders", "evaluation", "app"):
        start = project.index(f"\n{name} = [")
        block = project[start : project.index("\n]", start)]
        listed += [each for each in re.findall(r'^  "([^"]+)"', block, flags=re.MULTILINE) if "modgap[" not in each]
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == listed


def test_the_space_runs_the_gradio_that_is_pinned() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    requirements = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    version = re.search(r"^sdk_version: \"?([\d.]+)", readme, flags=re.MULTILINE)
    assert version is not None
    assert f"gradio=={version.group(1)}" in requirements


def test_no_tracked_file_is_too_large_for_a_space() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    sizes = {name: (ROOT / name).stat().st_size for name in listed.stdout.split("\0") if (ROOT / name).is_file()}
    assert {name: size for name, size in sizes.items() if size >= 10_000_000} == {}


def test_calibrating_searching_and_updating_load_no_scipy_stats() -> None:
    code = (
        "import sys, numpy, modgap\n"
        "vectors = numpy.random.default_rng(0).standard_normal((40, 8))\n"
        "collection = modgap.Collection.from_vectors([*map(str, range(20))], ['text', 'image'] * 10, vectors[:20])\n"
        "collection.calibrate(vectors[20:30])\n"
        "collection.compare(vectors[39])\n"
        "collection.update(vectors[30:39])\n"
        "print([name for name in sys.modules if name.startswith('scipy.stats')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
