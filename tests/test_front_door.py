"""The front door: the skill for coding agents does what it says, and the files around are well formed."""

from __future__ import annotations

import json
import re
import shlex
import textwrap
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
SKILL = (ROOT / "skills" / "modgap" / "SKILL.md").read_text(encoding="utf-8")
COMMANDS = [line for line in SKILL.splitlines() if line.startswith("modgap ")]


def test_the_examples_of_the_skill_give_what_it_says(run) -> None:
    found = {}
    for command in COMMANDS:
        arguments = shlex.split(command)[1:]
        arguments[1] = str(ROOT / arguments[1])
        found[command] = json.loads(run(*arguments).stdout)
    roof, check, soapstone = found.values()
    assert roof["hits"][0]["id"] == "photos/solar-panel-array.webp"
    assert check["tables"][0]["columns"]["text"] == ["title", "description"]
    assert (soapstone["hits"][0]["id"], soapstone["hits"][0]["sides"][0]["group"]) == ("m114", "text")


def test_the_skill_names_only_commands_and_options_that_exist(run) -> None:
    for name in set(re.findall(r"`modgap ([a-z-]+)", SKILL)):
        help_text = run(name, "--help").stdout
        for line in re.findall(rf"`modgap {name}[^`]*`", SKILL):
            assert all(option in help_text for option in re.findall(r"--[a-z-]+", line)), line


FORGE = sorted([*ROOT.glob(".github/**/*.yml"), ROOT / "compose.yaml", ROOT / "CITATION.cff"])


@pytest.mark.parametrize("path", FORGE, ids=lambda path: path.name)
def test_files_of_the_forge_are_well_formed(path: Path) -> None:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    for job in document.get("jobs", {}).values():
        assert job["runs-on"]
        assert all("uses" in step or "run" in step for step in job["steps"])


def test_the_container_runs_as_nobody_special_and_says_whether_it_lives() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    user = next(place for place, line in enumerate(lines) if line.startswith("USER "))
    command = next(place for place, line in enumerate(lines) if line.startswith("CMD "))
    assert lines[user] != "USER root"
    assert user < command
    assert any(line.startswith("HEALTHCHECK ") for line in lines)
    copied = [part for line in lines if line.startswith("COPY") for part in line.split() if not part.startswith("--")]
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert not {each.rstrip("/") for each in copied} & set(ignored)


def test_versions_agree() -> None:
    version = re.search(r'__version__ = "(.+)"', (ROOT / "modgap" / "__init__.py").read_text()).group(1)
    assert f"version: {version}" in (ROOT / "CITATION.cff").read_text()
    assert f'version = "{version}"' in (ROOT / "pyproject.toml").read_text()


def prose(page: str) -> str:
    """A page's words: no front matter, no code, no cells of tables."""
    text = re.sub(r"\A---\n.*?\n---\n", "", page, flags=re.DOTALL)
    text = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return "\n".join(line for line in text.splitlines() if not line.startswith("|"))


def test_the_readme_is_one_screen() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(prose(readme).split()) < 900
    tables = re.findall(r"(?:^\|.*\n)+", readme, flags=re.MULTILINE)
    assert max(len(table.splitlines()) - 2 for table in tables) <= 6


PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    made = {"COMMANDS.md", "CHANGELOG.md"}  # by docs/site_hooks.py
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [each for each in targets if each not in made and not (page.parent / each).exists()] == []


def test_python_in_the_readme_and_the_quick_start_compiles() -> None:
    for name in ("README.md", "docs/QUICKSTART.md", "docs/PLUGINS.md"):
        for block in re.findall(r"^ *```python\n(.*?)^ *```", (ROOT / name).read_text(), re.DOTALL | re.MULTILINE):
            compile(textwrap.dedent(block), name, "exec")
