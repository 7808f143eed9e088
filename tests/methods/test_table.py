"""docs/METHODS.md is what the registry says."""

from modgap.methods import METHODS
from modgap.methods.table import PAGE, methods_page


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == methods_page(), "write it anew: python -m modgap.methods.table"


def test_every_method_has_a_row_of_six_cells() -> None:
    rows = [line for line in methods_page().splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == list(METHODS)
    assert all(row.count(" | ") == 5 for row in rows)
