"""The bundled model: what ships loads without a network, is small, and sees a panda in a picture of a panda."""

from __future__ import annotations

import gzip
import subprocess
import sys

import numpy as np
import open_clip
import pytest
import torch
from PIL import Image

import modgap
from modgap.encoders import Encoder, bundled
from modgap.encoders.encode_items import READ_AS, encode_items
from modgap.encoders.lazy import LazyEncoder
from modgap.io.assets import asset_path
from modgap.io.vector_cache import file_key, text_key

PHOTOS = ("giant-panda", "espresso-cup", "screwdriver-red", "us-capitol", "goldfish", "crocodile")


@pytest.fixture(scope="module")
def loaded():
    return bundled.load_bundled()


def texts_to_vectors(loaded, texts):
    model, _, tokenizer = loaded
    with torch.inference_mode():
        return model.encode_text(tokenizer(texts), normalize=True).numpy()


def photos_to_vectors(loaded, names):
    model, preprocess, _ = loaded
    pictures = [Image.open(asset_path("sample", "corpus", "photos", f"{name}.webp")) for name in names]
    with torch.inference_mode():
        return model.encode_image(torch.stack([preprocess(p) for p in pictures]), normalize=True).numpy()


def test_every_file_fits_a_space_and_all_fit_thirty_megabytes():
    sizes = {path.name: path.stat().st_size for path in asset_path("models", "modgap-mini").iterdir()}
    assert max(sizes.values()) < 10_000_000, sizes
    assert sum(sizes.values()) < 30_000_000, sizes


def test_open_clip_knows_the_model_by_name():
    bundled.register_config()
    assert "modgap-mini" in open_clip.list_models()


def test_registering_twice_changes_nothing():
    first = bundled.register_config()
    assert bundled.register_config() == first
    assert open_clip.list_models().count("modgap-mini") == 1


def test_the_model_is_in_eval_mode_and_float32(loaded):
    model, _, _ = loaded
    assert not model.training
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}


def test_text_vectors_are_finite_unit_rows(loaded):
    vectors = texts_to_vectors(loaded, ["a dog", "", "日本 🐼", "word " * 500])
    assert vectors.shape == (4, 512)
    assert np.isfinite(vectors).all()
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("size", [(224, 224), (1000, 40), (30, 900), (1, 1)])
def test_picture_vectors_are_finite_for_any_shape(loaded, size):
    model, preprocess, _ = loaded
    with torch.inference_mode():
        vector = model.encode_image(preprocess(Image.new("RGB", size, "teal")).unsqueeze(0))
    assert vector.shape == (1, 512)
    assert torch.isfinite(vector).all()


def test_loading_again_gives_the_same_vectors(loaded):
    again = bundled.load_bundled()
    texts = ["a lighthouse by the sea", "two children play football"]
    np.testing.assert_array_equal(texts_to_vectors(loaded, texts), texts_to_vectors(again, texts))


def test_what_follows_in_a_batch_does_not_change_a_text(loaded):
    alone = texts_to_vectors(loaded, ["a zebra"])
    among = texts_to_vectors(loaded, ["a zebra", "a long sentence about nothing in particular " * 5])
    np.testing.assert_allclose(alone[0], among[0], atol=1e-5)


@pytest.mark.parametrize(
    ("query", "photo"),
    [
        ("a giant panda", "giant-panda"),
        ("a cup of coffee", "espresso-cup"),
        ("a screwdriver", "screwdriver-red"),
        ("a goldfish", "goldfish"),
        ("a crocodile", "crocodile"),
    ],
)
def test_plain_words_find_their_photo_first(loaded, query, photo):
    scores = texts_to_vectors(loaded, [query]) @ photos_to_vectors(loaded, PHOTOS).T
    assert PHOTOS[int(scores.argmax())] == photo


def test_a_short_query_is_nearest_to_the_passage_about_it(loaded):
    passages = [
        "A lighthouse is a tower with a bright light that warns ships of rocks near the shore.",
        "Bread is baked from flour, water and yeast; the dough rests before it goes into the oven.",
        "A guitar has six strings that are plucked with the fingers or a pick.",
    ]
    queries = ["a tower that guides ships", "how to bake a loaf", "musical instrument with strings"]
    scores = texts_to_vectors(loaded, queries) @ texts_to_vectors(loaded, passages).T
    assert scores.argmax(1).tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("A Giant PANDA", "a giant panda "),
        ("naïve café", "naïve café "),
        ("日本 🐼", "日本 🐼 "),
        ("", ""),
        ("   ", ""),
    ],
)
def test_the_tokenizer_reads_any_text_back(loaded, text, read):
    _, _, tokenizer = loaded
    assert tokenizer.decode(tokenizer.encode(text)) == read


def test_token_ids_end_with_the_highest_id_and_stay_in_the_vocabulary(loaded):
    model, _, tokenizer = loaded
    ids = tokenizer(["a dog", "word " * 500])
    assert ids.shape == (2, model.context_length)
    assert ids.max() == model.vocab_size - 1 == tokenizer.eot_token_id
    assert ids[1, -1] == tokenizer.eot_token_id


def test_the_merges_are_a_gzip_without_a_date():
    data = asset_path("models", "modgap-mini", "merges.txt.gz").read_bytes()
    assert data[4:8] == b"\0\0\0\0"
    assert not gzip.decompress(data).endswith(b"\n")


def test_int8_rows_are_widened_by_their_scale(tmp_path):
    from safetensors.torch import save_file

    stored = {"w": torch.tensor([[1, -2], [3, 127]], dtype=torch.int8), "w::scale": torch.tensor([0.5, 2.0]).half()}
    save_file(stored, tmp_path / "weights.safetensors")
    weights = bundled.read_weights(tmp_path)
    assert weights.keys() == {"w"}
    assert weights["w"].tolist() == [[0.5, -1.0], [6.0, 254.0]]


def test_broken_weights_are_one_clear_error(tmp_path, monkeypatch):
    from modgap.errors import ModelError

    for path in asset_path("models", "modgap-mini").iterdir():
        (tmp_path / path.name).write_bytes(b"nonsense" if path.suffix == ".safetensors" else path.read_bytes())
    monkeypatch.setattr(bundled, "asset_path", lambda *parts: tmp_path.joinpath(*parts[2:]))
    with pytest.raises(ModelError, match="weights of the bundled model are broken"):
        bundled.load_bundled()


def test_vectors_of_other_weights_are_not_used(tmp_path, monkeypatch):
    assert bundled.shipped_vectors() != {}
    for path in asset_path("models", "modgap-mini").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(bundled, "asset_path", lambda *parts: tmp_path.joinpath(*parts[2:]))
    assert bundled.shipped_vectors() != {}
    shard = tmp_path / "weights-1-of-3.safetensors"
    shard.write_bytes(shard.read_bytes()[:-1] + b"\x01")
    assert bundled.shipped_vectors() == {}
    (tmp_path / bundled.VECTORS).unlink()
    assert bundled.shipped_vectors() == {}


@pytest.mark.parametrize(("device", "shipped"), [("cpu", True), ("cuda", False)])
def test_shipped_vectors_are_for_float32_on_a_cpu(device, shipped, monkeypatch):
    from modgap.encoders import load

    made = []
    monkeypatch.setattr(bundled, "load_bundled", lambda device: ())
    monkeypatch.setattr(load, "Encoder", lambda **settings: made.append(settings))
    monkeypatch.setattr(load, "set_precision", lambda *_, **__: None)
    encoder = load.load_encoder(device=device)
    assert isinstance(encoder, LazyEncoder) is shipped
    if shipped:
        assert made == []
        assert encoder.dimension == 512
        assert len(encoder.shipped) > 300
    else:
        assert made == [{"name": "modgap-mini-2", "device": "cuda", "shipped": {}}]


def test_everything_that_is_the_same_for_everyone_is_shipped_as_the_model_computes_it():
    """If this fails, run `python -m training.ship_vectors`."""
    from training.ship_vectors import sample_corpus, shipped_texts

    shipped = bundled.shipped_vectors()
    pictures = [item for item in sample_corpus().items if item.path is not None]
    keys = [*map(text_key, shipped_texts()), *(file_key(item.path, read_as=READ_AS) for item in pictures)]
    assert set(keys) == set(shipped)
    encoder = Encoder(*bundled.load_bundled(), name="modgap-mini", device="cpu")
    texts = shipped_texts()[::25]
    computed = [*encoder.encode_texts(texts), *encode_items(pictures[:4], encoder).vectors]
    kept = [shipped[key] for key in (*map(text_key, texts), *keys[-len(pictures) :][:4])]
    assert np.einsum("nd,nd->n", computed, kept) == pytest.approx(1, abs=1e-5)


def test_the_sample_is_loaded_calibrated_and_searched_without_torch():
    code = """
import sys
sys.modules["torch"] = None
import modgap
from modgap.io.assets import asset_path
corpus = modgap.read_corpus(asset_path("sample", "corpus"))
collection = modgap.Collection.encode(corpus, modgap.load_encoder(device="cpu"))
collection.calibrate()
for query in asset_path("sample", "examples.txt").read_text().splitlines():
    print(*(hit.id for hit in collection.search(query, 5)))
    assert collection.encode_query(query).readable
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    corpus = modgap.read_corpus(asset_path("sample", "corpus"))
    encoder = Encoder(*bundled.load_bundled(), name="modgap-mini", device="cpu")
    collection = modgap.Collection.encode(corpus, encoder)
    collection.calibrate()
    examples = asset_path("sample", "examples.txt").read_text(encoding="utf-8").splitlines()
    assert done.stdout.splitlines() == [" ".join(hit.id for hit in collection.search(each, 5)) for each in examples]
