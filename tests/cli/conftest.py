"""What the commands' tests share: a corpus of vectors, the bundled model loaded once, a photograph and its ratings."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import modgap
from modgap.encoders import Encoder
from modgap.io.assets import asset_path

BUNDLED = (None, "modgap-mini-2")
CAPTIONS = {
    "garden-lizard": "a lizard on a branch",
    "tabby-cat": "a tabby cat",
    "chesterton-windmill": "a windmill in a field",
    "teacup-yellow": "a teacup and its saucer",
    "goldfish": "a goldfish",
}


@pytest.fixture
def vectors(tmp_path: Path) -> Path:
    """A folder with a corpus, queries and qrels as vectors, in which pictures lie far from the queries."""
    rng = np.random.default_rng(0)
    topics = rng.normal(size=(12, 16))
    shift = np.zeros(16)
    shift[0] = 6
    items = np.concatenate([topics, topics + shift]) + rng.normal(scale=0.2, size=(24, 16))
    ids = [f"t{i}" for i in range(12)] + [f"i{i}" for i in range(12)]
    np.savez(tmp_path / "corpus.npz", ids=ids, modality=["text"] * 12 + ["image"] * 12, vectors=items)
    queries = topics + rng.normal(scale=0.2, size=(12, 16))
    np.savez(tmp_path / "queries.npz", ids=[f"q{i}" for i in range(12)], modality=["text"] * 12, vectors=queries)
    lines = [f"q{i}\t0\t{'i' if i % 2 else 't'}{i}\t1" for i in range(12)]
    (tmp_path / "qrels.tsv").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


@pytest.fixture
def bad_inputs(vectors: Path, toy) -> Path:
    """The same folder, with an empty folder, one of texts alone, and a calibration of another dimension."""
    (vectors / "empty").mkdir()
    (vectors / "texts").mkdir()
    (vectors / "texts" / "a.txt").write_text("alone", encoding="utf-8")
    queries, items, modality = toy
    collection = modgap.Collection.from_vectors(["t0", "t1", "i0", "i1"], modality, items)
    collection.calibrate(queries).save(vectors / "foreign.json")
    return vectors


@pytest.fixture
def refuse(run) -> Callable[..., None]:
    """Check that a command ends in one sentence and exit code 1, prints nothing on stdout and writes no file."""

    def check(folder: Path, arguments: list[str], message: str) -> None:
        before = sorted(path.name for path in folder.rglob("*"))
        done = run(*arguments, cwd=folder)
        assert done.returncode == 1
        assert message in done.stderr
        assert "Traceback" not in done.stderr
        assert done.stdout == ""
        assert sorted(path.name for path in folder.rglob("*")) == before

    return check


@pytest.fixture
def usage_error(run) -> Callable[..., str]:
    """Run a command that must end in bad usage, exit code 2, and return its message without the frame around it."""

    def check(*arguments: object, cwd: Path | None = None) -> str:
        done = run(*arguments, cwd=cwd)
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        return " ".join(done.stderr.replace("│", " ").split())

    return check


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return modgap.load_encoder(device="cpu")


@pytest.fixture
def loaded_once(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands take this encoder for the bundled model instead of loading it again."""
    load = modgap.load_encoder
    monkeypatch.setattr(modgap, "load_encoder", lambda name=None, **_: encoder if name in BUNDLED else load(name))


@pytest.fixture(scope="session")
def sample_cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sample_cache")


@pytest.fixture
def sample_cache(sample_cache_folder: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vector cache that several tests share, so that the sample corpus is encoded only once."""
    monkeypatch.setenv("MODGAP_CACHE", str(sample_cache_folder))


@pytest.fixture
def photo() -> Path:
    return asset_path("sample", "corpus", "photos", "garden-lizard.webp")


@pytest.fixture
def ratings_file(tmp_path: Path) -> Path:
    """Five photographs, each with its own caption (rated 4), the next one's (rated 1), and a rating that is NaN."""
    (tmp_path / "pictures").mkdir()
    captions = list(CAPTIONS.values())
    outside = [{"caption": "a dog", "rating": 2}]
    document: dict[str, object] = {"hostile": {"image_path": "../../etc/passwd", "human_judgement": outside}}
    for place, (name, caption) in enumerate(CAPTIONS.items()):
        file = f"{name}.webp"
        shutil.copyfile(asset_path("sample", "corpus", "photos", file), tmp_path / "pictures" / file)
        judged = [(caption, 4.0), (captions[(place + 1) % len(captions)], 1), (caption, float("nan"))]
        document[name] = {
            "image_path": file,
            "ground_truth": [f"this is {caption}"],
            "human_judgement": [{"caption": text, "rating": rating} for text, rating in judged],
        }
    path = tmp_path / "ratings.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A table as a shop exports it: one product with a picture, one without, and a column that is not used."""
    from PIL import Image

    Image.new("RGB", (64, 64), "red").save(tmp_path / "mug.png")
    path = tmp_path / "shop.csv"
    rows = ["sku,title,description,image_path,price", "m1,Red mug,For tea.,mug.png,9", "v1,Voucher,Money to spend.,,50"]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path
