"""Pictures that look the same are found; pictures that do not are not."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from modgap.corpus import open_picture, read_corpus
from modgap.corpus.near_identical import check_pictures, difference_hash, near_identical
from modgap.io.assets import asset_path


def test_no_two_photographs_of_the_sample_look_the_same() -> None:
    photos = sorted((asset_path("sample", "corpus") / "photos").iterdir())
    assert near_identical({path.name: difference_hash(open_picture(path)) for path in photos}) == []


def test_copies_of_another_size_format_and_brightness_look_the_same(tmp_path: Path) -> None:
    photo = open_picture(next((asset_path("sample", "corpus") / "photos").iterdir()))
    photo.save(tmp_path / "a.jpg", quality=40)
    copies = {
        "original": photo,
        "jpeg": open_picture(tmp_path / "a.jpg"),
        "small": photo.resize((100, 80)),
        "bright": ImageEnhance.Brightness(photo).enhance(1.1),
        "mirrored": photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    }
    found = near_identical({name: difference_hash(copy) for name, copy in copies.items()})
    assert [(each.id, each.other) for each in found] == [
        ("jpeg", "original"),
        ("small", "original"),
        ("bright", "original"),
    ]


def test_even_colours_have_no_hash() -> None:
    assert difference_hash(Image.new("RGB", (40, 40), "white")) is None


def test_blocks_do_not_change_the_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    values = [int(v) for v in rng.integers(0, 2**63, 40)]
    hashes = {str(n): values[n % 25] for n in range(40)}
    whole = near_identical(hashes)
    monkeypatch.setattr("modgap.corpus.near_identical._BLOCK", 7)
    assert near_identical(hashes) == whole
    assert [(each.id, each.other) for each in whole] == [(str(n), str(n - 25)) for n in range(25, 40)]


def test_broken_pictures_are_taken_from_the_count_of_their_group(tmp_path: Path) -> None:
    Image.linear_gradient("L").save(tmp_path / "good.png")
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 this is no picture")
    rows = [("good.png", "maps"), ("broken.jpg", "maps"), ("broken.jpg", "photos")]
    lines = [f'{{"image": "{name}", "group": "{group}"}}' for name, group in rows]
    (tmp_path / "t.jsonl").write_text("\n".join([*lines, '{"text": "One."}']), encoding="utf-8")
    report = check_pictures(read_corpus(tmp_path / "t.jsonl"))
    assert report.read == {"text": 1, "maps": 1, "photos": 0}
    assert [each.id for each in report.skipped] == ["line-2", "line-3"]
