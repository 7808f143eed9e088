"""The notebooks run from top to bottom on the bundled model, and are kept without outputs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


SHOWN = {
    "first_search": ["photos/rooftop-solar-panels.webp", "text " * 9],
    "your_own_vectors": ["photos/rooftop-solar-panels.webp", "image"],
    "an_engine": ["photos/rooftop-solar-panels.webp", "formula"],
    "a_new_method": ["quartiles", "calibrated"],
}
"""Some of what each shows when it has run."""


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_what_it_says(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "outputs are made by readers: clear them"
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": ROOT}})
    client.execute()  # raises CellExecutionError with the cell and its traceback
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    shown = "\n".join(str(each.get("data", {}).get("text/plain", each.get("text", ""))) for each in outputs)
    assert [words for words in SHOWN[path.stem] if words not in shown] == [], shown


def test_each_notebook_is_in_the_documentation() -> None:
    page = (ROOT / "docs" / "NOTEBOOKS.md").read_text(encoding="utf-8")
    assert [path.name for path in NOTEBOOKS if f"`{path.name}`" not in page] == []
    assert len(NOTEBOOKS) == 4
