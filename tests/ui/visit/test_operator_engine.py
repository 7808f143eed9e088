"""The operator's engine: shared by visitors, with pictures from one place and from no other."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PIL import Image

from modgap.corpus import open_picture
from modgap.errors import EngineError, ModgapError
from modgap.items import Item, Modality
from modgap.search.collection import Collection
from modgap.search.live_collection import push
from modgap.ui.visit.model import SharedEncoder
from modgap.ui.visit.operator_engine import EnginePictures, OperatorEngine, PicturePlaces
from modgap.ui.visit.sample import sample_corpus


@pytest.fixture
def operator_engine(toy_class, tmp_path: Path) -> OperatorEngine:
    url = f"milvus://{tmp_path}/items.db?collection=wares"
    push(Collection.encode(sample_corpus(), toy_class()), url)
    return OperatorEngine(url, "https://shop.example/{id}", SharedEncoder(toy_class), open_picture)


def test_visitors_share_one_engine_and_one_automatic_calibration(operator_engine: OperatorEngine) -> None:
    first, second = operator_engine.load(), operator_engine.load()
    calibrated = []

    def calibrate():
        calibrated.append(threading.get_ident())
        return first.collection.calibrate()

    operator_engine.calibrate(first, calibrate)
    operator_engine.calibrate(second, calibrate)
    assert len(calibrated) == 1
    assert first.collection is not second.collection
    assert second.collection.calibration == first.collection.calibration
    assert first.collection.engine is second.collection.engine
    assert (first.engine, first.sample) == ("Milvus", False)
    second.collection.calibrate(["a", "windmill", "by the sea"])
    assert second.collection.calibration != first.collection.calibration, "a visitor's own calibration stays theirs"


def test_pictures_are_addresses_of_one_place(operator_engine: OperatorEngine) -> None:
    loaded = operator_engine.load()
    row = loaded.collection.row_of["photos/goldfish.webp"]
    assert loaded.thumbnails[row] == "https://shop.example/photos/goldfish.webp"
    assert len(loaded.thumbnails) == 39
    assert loaded.thumbnails.get(loaded.collection.row_of["passages/windmill-history.txt"]) is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a b.webp", "https://x.example/p/a%20b.webp"),
        ('"><script>', "https://x.example/p/%22%3E%3Cscript%3E"),
        ("javascript:alert(1)", "https://x.example/p/javascript%3Aalert%281%29"),
        ("../../etc/passwd", ""),
        ("a\0b", ""),
        ("a/..\\..\\b", ""),
    ],
)
def test_an_id_cannot_name_another_address(name: str, shown: str) -> None:
    assert PicturePlaces("https://x.example/p/{id}", open_picture).picture(name) == shown


def test_files_are_shown_from_the_named_folder_only(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    Image.new("RGB", (20, 20), "red").save(tmp_path / "in" / "a.png")
    Image.new("RGB", (20, 20), "red").save(tmp_path / "out.png")
    (tmp_path / "in" / "b.png").write_bytes(b"no picture")
    (tmp_path / "in" / "link.png").symlink_to(tmp_path / "out.png")
    places = PicturePlaces(f"{tmp_path}/in/{{id}}", open_picture)
    assert places.picture("a.png").startswith("data:image/webp;base64,")
    for name in ("b.png", "absent.png", "../out.png", f"{tmp_path}/out.png", "link.png", "", "n" * 5000):
        assert places.picture(name) == ""


@pytest.mark.parametrize(
    "template",
    [
        "pictures/{id}",
        "https://x.example/",
        "ftp://x/{id}",
        "/a/{id}/{id}",
        "javascript:{id}",
        "https://{id}/a",
        "https://x.example{id}",
        "//x.example/{id}",
    ],
)
def test_a_template_that_cannot_be_is_refused(template: str) -> None:
    with pytest.raises(ModgapError, match="once, such as"):
        PicturePlaces(template, open_picture)


def test_without_a_template_there_are_no_pictures() -> None:
    pictures = EnginePictures([Item("a", Modality.IMAGE)], PicturePlaces("", open_picture))
    assert (len(pictures), pictures.get(0), 0 in pictures) == (0, None, False)


def test_a_url_with_a_secret_is_refused_before_anything_is_served(toy_class) -> None:
    with pytest.raises(EngineError, match="take it out"):
        OperatorEngine("postgresql://me:hunter2@h/db", "", SharedEncoder(toy_class), open_picture)


def test_strangers_are_not_told_where_an_engine_is_that_does_not_answer(toy_class, caplog) -> None:
    engine = OperatorEngine("postgresql://me@127.0.0.1:1/db?table=wares", "", SharedEncoder(toy_class), open_picture)
    with pytest.raises(EngineError, match="does not answer just now") as caught:
        engine.load()
    assert "127.0.0.1" not in str(caught.value)
    assert "127.0.0.1" in caplog.text
