"""What the columns of a table are taken for."""

from __future__ import annotations

import pytest

from modgap.corpus.columns import ColumnChoice, Columns, addresses_note, choose_columns
from modgap.errors import CorpusError


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (["id", "text"], Columns(id="id", text=("text",))),
        (["sku", "title", "description", "image_path"], Columns("sku", ("title", "description"), "image_path")),
        (["Slug", "Name", "Alt Text", "IMG"], Columns("Slug", ("Name", "Alt Text"), "IMG")),
        (["id", "text", "title", "image"], Columns("id", ("text",), "image", ignored=("title",))),
        (["photo", "caption"], Columns(image="photo", caption="caption")),
        (["caption"], Columns(text=("caption",))),
        (["title", "image-url"], Columns(text=("title",), addresses=("image-url",))),
        (["body", "file", "price"], Columns(text=("body",), image="file", ignored=("price",))),
    ],
)
def test_usual_names_are_recognised(names, columns):
    assert choose_columns(names) == columns


def test_the_caller_may_name_columns_as_the_table_writes_them():
    choice = ColumnChoice(text=("Beschreibung", "farbe"), image="Bild", id="Nr", group="Art")
    found = choose_columns(["Nr", "Beschreibung", "Farbe", "Bild", "Art"], choice)
    assert found == Columns("Nr", ("Beschreibung", "Farbe"), "Bild", group="Art")
    with pytest.raises(CorpusError, match='has no column "Bild"; it has "a", "b"'):
        choose_columns(["a", "b"], ColumnChoice(image="Bild"))


def test_rows_of_json_lines_have_keys_of_their_own():
    choice = ColumnChoice(text=("notes", "title"), image="pic", id="nr")
    assert choice.among({"nr": 1, "title": "x"}) == ColumnChoice(text=("title",), id="nr")
    assert ColumnChoice().among(["a"]) == ColumnChoice()


def test_several_texts_are_joined_with_their_names_and_one_is_itself():
    row = {"sku": "7", "title": "Red mug", "description": " For tea. ", "image": "mug.jpg", "price": "3"}
    columns = choose_columns(list(row))
    assert columns.row(row) == {
        "id": "7",
        "text": "title: Red mug\ndescription: For tea.",
        "image": "mug.jpg",
        "caption": "Red mug. For tea",
    }
    assert columns.row({"title": "Red mug", "description": None})["text"] == "title: Red mug"
    assert choose_columns(["title"]).row({"title": "Red mug"}) == {"text": "Red mug"}
    assert columns.to_json()["ignored"] == ["price"]


def test_what_cannot_be_used_is_said():
    with pytest.raises(CorpusError, match=r'no column "text" or "image".*it has "a", "b".*--text-columns'):
        choose_columns(["a", "b"])
    with pytest.raises(CorpusError, match='names the column "Title" twice'):
        choose_columns(["title", "Title"])
    with pytest.raises(CorpusError, match='"image_url", which are not fetched: download'):
        choose_columns(["id", "image_url"])
    assert "not fetched" in addresses_note(choose_columns(["title", "photo_url"]))
    assert addresses_note(choose_columns(["title", "photo_url", "photo"])) == ""
