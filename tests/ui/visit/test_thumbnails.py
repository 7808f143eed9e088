"""Thumbnails: small, without metadata."""

from __future__ import annotations

from PIL import Image


def test_a_picture_keeps_no_metadata_in_its_thumbnail(tmp_path):
    import base64
    import io

    from modgap.items import Item, Modality
    from modgap.ui.visit.thumbnails import MAX_SIDE, thumbnails

    picture = Image.new("RGB", (900, 600), "red")
    exif = picture.getexif()
    exif[0x010E] = "taken at home"
    picture.save(tmp_path / "p.jpg", exif=exif)
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8")
    items = [Item(name, Modality.IMAGE, path=tmp_path / name) for name in ("broken.jpg", "p.jpg")]

    found = thumbnails(items)

    assert list(found) == [1]
    shown = Image.open(io.BytesIO(base64.b64decode(found[1].split(",")[1])))
    assert shown.size == (MAX_SIDE, 160)
    assert not shown.getexif()
