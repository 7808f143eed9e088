"""The table among uploads, before it is read."""

from __future__ import annotations

from pathlib import Path

from modgap.ui.visit.table_preview import table_preview


def test_the_columns_of_the_one_table_and_its_first_row(tmp_path: Path) -> None:
    table = tmp_path / "shop.csv"
    table.write_text('sku;title;image\nm1;"Mug; red";mug.png\nm2;Plate;\n', encoding="utf-8")
    found = table_preview([str(tmp_path / "mug.png"), str(table)])
    assert (found.name, list(found.names)) == ("shop.csv", ["sku", "title", "image"])
    assert (found.columns.id, found.columns.text, found.columns.image) == ("sku", ("title",), "image")
    assert found.first == {"sku": "m1", "title": "Mug; red", "image": "mug.png"}

    lines = tmp_path / "shop.jsonl"
    lines.write_text('broken\n{"name": "Mug", "price": 3, "note": null}\n', encoding="utf-8")
    found = table_preview([str(lines)])
    assert found.first == {"name": "Mug", "price": "3"}
    assert found.columns.text == ("name",)


def test_unusual_names_have_no_columns_yet(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("nr,bezeichnung\n1,Becher\n", encoding="utf-8")
    assert table_preview([str(tmp_path / "t.csv")]).columns is None


def test_what_needs_no_choice_waits_for_none(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\nwords\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("id,text\n1,words\n", encoding="utf-8")
    (tmp_path / "empty.csv").write_bytes(b"")
    paths = {name: str(tmp_path / name) for name in ("a.csv", "b.csv", "empty.csv", "gone.csv", "note.txt")}
    assert table_preview([paths["a.csv"]]) is None, "one column"
    assert table_preview([paths["a.csv"], paths["b.csv"]]) is None, "two tables"
    assert table_preview([paths["note.txt"]]) is None
    assert table_preview([paths["empty.csv"]]) is None
    assert table_preview([paths["gone.csv"]]) is None
    assert table_preview([]) is None
