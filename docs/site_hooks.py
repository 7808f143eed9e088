"""Hooks of the documentation site: pages that are made of something else, and links to files outside `docs/`."""

from __future__ import annotations

import posixpath
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)\s]*)?\)")


def on_files(files: Files, config: Any, **_: Any) -> Files:
    """Add the pages that nobody writes by hand: the command line from its help, the changelog from its file."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for name, content in (("COMMANDS.md", command_line()), ("CHANGELOG.md", changelog)):
        files.append(File.generated(config, name, content=content))
    return files


def command_line() -> str:
    """The page of the command line: typer's own description of every command."""
    command = [sys.executable, "-m", "typer", "modgap.cli.main", "utils", "docs", "--name", "modgap"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout.replace("# `modgap`", "# Command line", 1)


def on_page_markdown(markdown: str, page: Any, files: Files, **_: Any) -> str:
    """Links to files of the repository that are no pages become their names: the site stands without the repository.

    A link to a file that does not exist is left as it is, so that the strict build fails on it.
    """

    def plain(match: re.Match[str]) -> str:
        words, target = match[1], match[2]
        path = posixpath.normpath(posixpath.join("docs", posixpath.dirname(page.file.src_uri), target))
        if path.startswith("docs/") or not (ROOT / path).exists():
            return match[0]
        return f"`{path}`" if path in words else f"{words} (`{path}` in the repository)"

    return LINK.sub(plain, markdown)


def on_post_build(config: Any, **_: Any) -> None:
    """Drop what readers do not need, so that the wheel can carry the site: source maps, stemmers of other languages."""
    scripts = Path(config.site_dir, "assets", "javascripts")
    shutil.rmtree(scripts / "lunr", ignore_errors=True)
    for each in Path(config.site_dir, "assets").rglob("*.map"):
        each.unlink()
