"""From items to vectors: order, the cache, what is decoded ahead, and runs that are stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from modgap.corpus import Corpus, open_picture, read_corpus
from modgap.encoders import Encoder
from modgap.encoders import encode_items as encoding
from modgap.encoders.base import PICTURE_BATCH
from modgap.encoders.encode_items import encode_items
from modgap.io.vector_cache import FILE, VectorCache
from modgap.items import Item, Modality
from modgap.search.collection import Collection


def tiny_encoder(*, weight: float = 1.0, seconds: float = 0.0, name: str = "tiny") -> Encoder:
    """An encoder that looks at colours and letters: its towers are one matrix each. seconds: a picture batch takes."""
    import torch
    from torchvision import transforms

    class Towers(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            generator = torch.Generator().manual_seed(0)
            self.look = torch.nn.Parameter(weight * torch.randn(8, 3 * 4 * 4, generator=generator))
            self.read = torch.nn.Parameter(torch.randn(256, 8, generator=generator))

        def encode_image(self, pictures):
            time.sleep(seconds)
            return pictures.reshape(len(pictures), -1) @ self.look.T + 1

        def encode_text(self, tokens):
            return self.read[tokens].sum(1)

    def tokenizer(texts):
        return torch.tensor([list(text.encode().ljust(40)[:40]) for text in texts])

    shape = [transforms.Resize(4), transforms.CenterCrop(4)]
    numbers = [transforms.ToTensor(), transforms.Normalize((0.4, 0.5, 0.6), (0.2, 0.3, 0.2))]
    return Encoder(Towers(), transforms.Compose([*shape, *numbers]), tokenizer, name=name, device="cpu")


def encode_slowly(folder: str, cache: str) -> None:
    """What the process runs that is killed below."""
    Collection.encode(read_corpus(folder), tiny_encoder(seconds=0.3), cache=VectorCache(cache))


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many pictures and texts went through a tower."""
    counts = {"pictures": 0, "texts": 0}
    look, read = Encoder.encode_prepared, Encoder._text_vectors

    def encode_prepared(self, prepared):
        counts["pictures"] += len(prepared)
        return look(self, prepared)

    def text_vectors(self, texts):
        counts["texts"] += len(texts)
        return read(self, texts)

    monkeypatch.setattr(Encoder, "encode_prepared", encode_prepared)
    monkeypatch.setattr(Encoder, "_text_vectors", text_vectors)
    return counts


def fill(folder: Path, pictures: int, texts: int = 0) -> Path:
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(0)
    for i in range(pictures):
        Image.fromarray(rng.integers(0, 256, (8, 6, 3), dtype=np.uint8)).save(folder / f"{i:03}.png")
    for i in range(texts):
        (folder / f"{i:03}.txt").write_text(f"passage number {i}", encoding="utf-8")
    return folder


def encoded_now(folder: Path, cache: Path | None, counted: dict[str, int], **options) -> tuple[int, int, np.ndarray]:
    """(pictures encoded, texts encoded, vectors) of one run over a folder."""
    encoder = tiny_encoder(**options)
    counted.update(pictures=0, texts=0)
    opened = VectorCache(cache) if cache is not None else None
    collection = Collection.encode(read_corpus(folder), encoder, cache=opened)
    if opened is not None:
        opened.close()
    return counted["pictures"], counted["texts"], collection.vectors


def test_a_second_run_encodes_nothing_and_gives_the_same(tmp_path: Path, counted) -> None:
    folder = fill(tmp_path / "corpus", 70, texts=150)
    without = encoded_now(folder, None, counted)[2]
    first = encoded_now(folder, tmp_path / "cache", counted)
    second = encoded_now(folder, tmp_path / "cache", counted)
    assert first[:2] == (70, 150)
    assert second[:2] == (0, 0)
    assert np.array_equal(first[2], without)
    assert np.array_equal(second[2], first[2])


def test_calibrating_again_encodes_nothing_either(tmp_path: Path, counted) -> None:
    folder = fill(tmp_path / "corpus", 5, texts=5)
    for expected in (True, False):
        with VectorCache(tmp_path / "cache") as cache:
            collection = Collection.encode(read_corpus(folder), tiny_encoder(), cache=cache)
            counted.update(pictures=0, texts=0)
            collection.calibrate()
            collection.search("passage number 3")
            assert (counted["texts"] > 0) == expected


def test_a_renamed_file_is_known_an_added_or_changed_one_is_not(tmp_path: Path, counted) -> None:
    folder = fill(tmp_path / "corpus", 40, texts=3)
    encoded_now(folder, tmp_path / "cache", counted)
    (folder / "000.png").rename(folder / "zebra.png")
    (folder / "000.txt").rename(folder / "moved.txt")
    assert encoded_now(folder, tmp_path / "cache", counted)[:2] == (0, 0)
    Image.new("RGB", (9, 9), "green").save(folder / "017b.png")
    pictures, texts, vectors = encoded_now(folder, tmp_path / "cache", counted)
    assert (pictures, texts) == (1, 0)
    anew = encoded_now(folder, None, counted)[2]
    assert vectors == pytest.approx(anew, abs=1e-6), "new and known ones are in their places"
    (folder / "001.txt").write_text("rewritten", encoding="utf-8")
    Image.new("RGB", (9, 9), "blue").save(folder / "001.png")
    assert encoded_now(folder, tmp_path / "cache", counted)[:2] == (1, 1)


def test_another_model_encodes_everything(tmp_path: Path, counted) -> None:
    folder = fill(tmp_path / "corpus", 4, texts=2)
    for options in ({}, {"weight": 1.0001}, {"name": "tidy"}):
        assert encoded_now(folder, tmp_path / "cache", counted, **options)[:2] == (4, 2)
        assert encoded_now(folder, tmp_path / "cache", counted, **options)[:2] == (0, 0)


def test_without_a_cache_nothing_is_written(tmp_path: Path, cache_folder: Path, counted) -> None:
    encoder = tiny_encoder()
    Collection.encode(read_corpus(fill(tmp_path / "corpus", 3, texts=3)), encoder)
    assert list(cache_folder.iterdir()) == []
    with VectorCache(cache_folder) as cache:
        Collection.encode(read_corpus(tmp_path / "corpus"), encoder, cache=cache)
    assert encoder.cache is None, "an encoder that others share stays without"


def test_a_broken_cache_does_not_stop_the_run(tmp_path: Path, counted) -> None:
    folder = fill(tmp_path / "corpus", 4, texts=2)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / FILE).write_bytes(b"no cache at all " * 200)
    assert encoded_now(folder, tmp_path / "cache", counted)[:2] == (4, 2)
    assert encoded_now(folder, tmp_path / "cache", counted)[:2] == (0, 0)
    assert encoded_now(folder, folder / "000.png", counted)[:2] == (4, 2)


@pytest.mark.parametrize("cached", [True, False])
def test_broken_pictures_are_named_and_the_rest_keeps_its_order(tmp_path: Path, cached: bool) -> None:
    folder = fill(tmp_path / "corpus", 70)
    for name in ("000.png", "033.png", "069.png"):
        (folder / name).write_bytes((folder / name).read_bytes()[:60])
    items = [*read_corpus(folder).items, Item("gone.png", Modality.IMAGE, path=folder / "gone.png")]
    items += [Item("pathless.png", Modality.IMAGE)]
    encoder = tiny_encoder().with_cache(VectorCache(tmp_path / "cache") if cached else None)
    for _ in range(2):
        found = encode_items(items, encoder)
        assert [s.id for s in found.skipped] == ["000.png", "033.png", "069.png", "gone.png", "pathless.png"]
        assert [item.id for item in found.items] == [f"{i:03}.png" for i in range(70) if i not in (0, 33, 69)]
        alone = encode_items(found.items[5:6], tiny_encoder()).vectors[0]
        assert found.vectors[5] == pytest.approx(alone, abs=1e-6)


def test_a_file_that_changes_while_it_is_read_is_not_kept(tmp_path: Path) -> None:
    folder = fill(tmp_path / "corpus", 1)
    content = (folder / "000.png").read_bytes()

    def open_late(path: Path, *, decode_side: int):
        Image.new("RGB", (20, 20), "yellow").save(path)
        return open_picture(path, decode_side=decode_side)

    with VectorCache(tmp_path / "cache") as cache:
        yellow = Collection.encode(read_corpus(folder), tiny_encoder(), cache=cache, open_picture=open_late).vectors
        (folder / "000.png").write_bytes(content)
        noise = Collection.encode(read_corpus(folder), tiny_encoder(), cache=cache).vectors
    assert not np.allclose(yellow, noise)


def test_pictures_wait_in_bounded_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fill(tmp_path / "corpus", 1) / "000.png"
    prepared, most = 0, 0
    genuine = Encoder.prepare_picture

    def prepare(self, picture):
        nonlocal prepared
        prepared += 1
        return genuine(self, picture)

    encoder = tiny_encoder(seconds=0.01)
    _ = encoder.decode_side
    monkeypatch.setattr(Encoder, "prepare_picture", prepare)

    def progress(stage: str, done: int, total: int) -> None:
        nonlocal most
        most = max(most, prepared - done)

    items = [Item(str(i), Modality.IMAGE, path=path) for i in range(1000)]
    encode_items(items, encoder, progress=progress)
    assert prepared == 1000
    assert most <= encoding._MAX_WAITING


def test_what_was_encoded_before_ctrl_c_is_kept(tmp_path: Path, counted) -> None:
    folder = fill(tmp_path / "corpus", 5 * PICTURE_BATCH)

    def stop(stage: str, done: int, total: int) -> None:
        if done == 3 * PICTURE_BATCH:
            raise KeyboardInterrupt

    with VectorCache(tmp_path / "cache") as cache, pytest.raises(KeyboardInterrupt):
        Collection.encode(read_corpus(folder), tiny_encoder(), cache=cache, progress=stop)
    assert encoded_now(folder, tmp_path / "cache", counted)[0] == 2 * PICTURE_BATCH


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path, counted) -> None:
    folder, cache = fill(tmp_path / "corpus", 12 * PICTURE_BATCH), tmp_path / "cache"
    code = f"import runpy; runpy.run_path({__file__!r})['encode_slowly']({str(folder)!r}, {str(cache)!r})"
    running = subprocess.Popen([sys.executable, "-c", code])
    deadline = time.monotonic() + 60
    while running.poll() is None and time.monotonic() < deadline:
        if (cache / FILE).exists() and VectorCache(cache).info().vectors >= 2 * PICTURE_BATCH:
            break
        time.sleep(0.05)
    os.kill(running.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    assert running.wait() != 0, "it was killed before it was done"
    kept = VectorCache(cache).info().vectors
    assert 2 * PICTURE_BATCH <= kept < 12 * PICTURE_BATCH
    assert encoded_now(folder, cache, counted)[0] == 12 * PICTURE_BATCH - kept
    assert encoded_now(folder, cache, counted)[0] == 0


def test_a_corpus_of_vectors_needs_no_cache(tmp_path: Path) -> None:
    vectors = np.eye(3, dtype=np.float32)
    corpus = Corpus([Item(str(i), Modality.TEXT) for i in range(3)], vectors=vectors)
    Collection.encode(corpus, cache=VectorCache(tmp_path / "cache"))
    assert not (tmp_path / "cache").exists()


def test_the_modality_and_not_the_group_selects_the_tower(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "p.png")
    plain = [
        Item("a", Modality.TEXT, text="A mill."),
        Item("b", Modality.IMAGE, path=tmp_path / "p.png"),
        Item("c", Modality.IMAGE, path=tmp_path / "gone.png"),
    ]
    grouped = [replace(item, group=group) for item, group in zip(plain, ("licences", "maps", "maps"), strict=True)]
    encoder = tiny_encoder()
    encoded = encode_items(grouped, encoder)
    assert encoded.items == grouped[:2]
    assert np.array_equal(encoded.vectors, encode_items(plain, encoder).vectors)
    assert [each.id for each in encoded.skipped] == ["c"]
