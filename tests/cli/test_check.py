"""`modgap check`."""

import json
from pathlib import Path

from PIL import Image


def test_it_reports_what_can_be_used_and_what_looks_alike(run, folder: Path) -> None:
    picture = Image.radial_gradient("L")
    picture.save(folder / "sun.png")
    picture.resize((100, 100)).save(folder / "sun small.jpg")
    (folder / "copy.png").write_bytes((folder / "sun.png").read_bytes())
    (folder / "long.txt").write_text("A sentence of six plain words. " * 30, encoding="utf-8")
    done = run("check", folder, "--json")
    assert done.returncode == 0
    report = json.loads(done.stdout)
    assert report["read"] == {"text": 3 + report["cut"]["long.txt"], "image": 4}
    assert {each["id"] for each in report["skipped"]} == {"broken.jpg", "empty.txt", "table.xlsx"}
    assert report["duplicates"] == [{"id": "sun.png", "kept": "copy.png"}]
    assert [(each["id"], each["other"]) for each in report["near_identical"]] == [("sun small.jpg", "copy.png")]
    words = run("check", folder)
    assert "4 pictures and" in words.stdout
    assert "broken.jpg" in words.stderr
    assert "1 left out as exact duplicates" in words.stderr


def test_nothing_usable_is_exit_1(run, tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 this is no picture")
    done = run("check", tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "broken.jpg cannot be decoded" in done.stderr


def test_lines_of_a_text_become_passages(run, tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("one\n\nthree\n", encoding="utf-8")
    assert json.loads(run("check", tmp_path, "--json").stdout)["read"]["text"] == 1
    assert json.loads(run("check", tmp_path / "t.txt", "--lines", "--json").stdout)["read"]["text"] == 2


def test_what_the_columns_of_a_table_were_taken_for(run, shop: Path) -> None:
    done = run("check", shop)
    for words in ("sku", "title, description", "image_path", "mug.png", "Not used: price."):
        assert words in done.stdout
    assert "1 picture and 2 passages, 1 item is both can be read." in done.stdout
    [table] = json.loads(run("check", shop, "--json").stdout)["tables"]
    assert table["columns"]["text"] == ["title", "description"]

    renamed = shop.with_name("renamed.csv")
    renamed.write_text(shop.read_text().replace("title", "bezeichnung").replace("description", "text"))
    done = run("check", renamed, "--text-columns", "bezeichnung,text", "--id-column", "sku")
    assert "bezeichnung, text" in done.stdout
    assert run("check", renamed, "--image-column", "foto").returncode == 1
