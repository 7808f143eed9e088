"""A folder that is ready to be pushed as a Hugging Face Space: the code, its assets, the app and the front matter.

The rules that a Space is refused for, or fails to build by, are checked before anything is written: the front matter's
fields, the pinned Gradio, and the size of every file.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from modgap.errors import ModgapError
from modgap.io.assets import asset_path

MOST_BYTES = 10_000_000  # a larger file needs Git LFS or Xet
COLOURS = ("red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray")
MOST_WORDS = 60  # characters of `short_description`, which the thumbnail shows
ZERO_PYTHON = "3.12.12"  # one of the two that ZeroGPU offers
_PACKAGE = Path(__file__).resolve().parents[1]
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "_assets", "docs")  # the site is read elsewhere


@dataclass(frozen=True)
class SpaceFolder:
    """What was written: the number of files, their bytes, and the path of the largest in the folder."""

    path: Path
    files: int
    bytes: int
    largest: str


def write_space(folder: Path, *, zero: bool = False) -> SpaceFolder:
    """Write the Space. folder: new, empty, a clone of the Space, or one that this wrote before; its `.git` stays.

    zero: for ZeroGPU, which a free account may have: its own package, and a Python that it offers.
    Raises ModgapError for a folder of something else, or a rule that the Space would break.
    """
    folder = folder.expanduser().resolve()
    _require_own(folder)
    parts = {"app.py": _text("app.py"), "requirements.txt": _text("requirements.txt"), "README.md": _card(zero)}
    if zero:
        parts["requirements.txt"] += "spaces\n"
    broken = [*front_matter_faults(parts["README.md"], parts["requirements.txt"]), *_large_files()]
    if broken:
        raise ModgapError(f"A Space would be refused: {'; '.join(broken)}.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for each in ("modgap", "assets"):
            shutil.rmtree(folder / each, ignore_errors=True)
        shutil.copytree(_PACKAGE, folder / "modgap", ignore=_LEFT_OUT)
        shutil.copytree(asset_path(), folder / "assets", ignore=_LEFT_OUT)
        for name, content in parts.items():
            (folder / name).write_text(content, encoding="utf-8")
    except OSError as error:
        raise ModgapError(f"{folder} cannot be written: {error.strerror or error}.") from error
    written = [path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts]
    largest = max(written, key=lambda path: path.stat().st_size)
    total = sum(path.stat().st_size for path in written)
    return SpaceFolder(folder, len(written), total, largest.relative_to(folder).as_posix())


def front_matter_faults(card: str, requirements: str) -> list[str]:
    """Rules that a README's front matter breaks, each in a few words; empty for a Space that builds.

    >>> front_matter_faults("# No front matter", "gradio==6.31.0")
    ['README.md has no front matter']
    """
    found = re.match(r"---\n(.*?)\n---\n", card, flags=re.DOTALL)
    if found is None:
        return ["README.md has no front matter"]
    fields = dict(re.findall(r"^(\w+): (.+)$", found[1], flags=re.MULTILINE))
    faults = [f"{name} is missing in the front matter" for name in ("title", "sdk", "app_file") if name not in fields]
    for name in ("colorFrom", "colorTo"):
        if fields.get(name) not in COLOURS:
            faults.append(f"{name} is none of {', '.join(COLOURS)}")
    if f"gradio=={fields.get('sdk_version')}" not in requirements:
        faults.append(f"sdk_version {fields.get('sdk_version')} is not the pinned Gradio of requirements.txt")
    if len(fields.get("short_description", "")) > MOST_WORDS:
        faults.append(f"short_description has more than {MOST_WORDS} characters")
    if not fields.get("python_version", '"').startswith('"'):
        faults.append("python_version must be quoted: 3.10 is the number 3.1")
    return faults


def _require_own(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise ModgapError(f"{folder} is a file: name a folder.")
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    ours = {"app.py", "modgap", "README.md", "requirements.txt"} <= there
    if there - {".git", ".gitattributes", "README.md"} and not ours:
        raise ModgapError(f"{folder} holds something else: name a new folder, or a clone of the Space.")
    if (folder / "pyproject.toml").exists():
        raise ModgapError(f"{folder} is a checkout of modgap: name another folder.")


def _text(name: str) -> str:
    """A file of the repository's root: in a checkout there, in a wheel among the assets."""
    checkout = _PACKAGE.parent / name
    path = checkout if (_PACKAGE.parent / "pyproject.toml").is_file() else asset_path("space", name)
    return path.read_text(encoding="utf-8")


def _card(zero: bool) -> str:
    """README of the Space: the front matter, and what it is in a sentence."""
    front = _text("README.md").partition("\n---\n")[0]
    if zero:
        front = re.sub(r"^suggested_hardware: .*\n", "", front, flags=re.MULTILINE)  # it cannot name ZeroGPU
        front = re.sub(r"^python_version: .*$", f'python_version: "{ZERO_PYTHON}"', front, flags=re.MULTILINE)
    return (
        f"{front}\n---\n\n# modgap\n\nOne search box over pictures and passages, ranked fairly, with no labels: after "
        "[similarity standardization](https://arxiv.org/abs/2511.22141) and [I0T](https://arxiv.org/abs/2412.14384).\n"
    )


def _large_files() -> list[str]:
    paths = [*_PACKAGE.rglob("*"), *asset_path().rglob("*")]
    large = [path for path in paths if path.is_file() and path.stat().st_size >= MOST_BYTES]
    return [f"{path.name} has {path.stat().st_size / 1e6:.0f} MB, and 10 are allowed" for path in large]
