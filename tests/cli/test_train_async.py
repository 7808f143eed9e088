"""`modgap train-async` from captions, vector pairs and an unpaired corpus; commands that take its weights."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from modgap.io.assets import asset_path
from modgap.methods.i0t import load_normalisers

QUICK = ("--rounds", "2", "--batch", "16", "--json")


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    """60 pairs of vectors with a gap, as a file."""
    rng = np.random.default_rng(2)
    meaning = rng.normal(size=(60, 12))
    shift = 2 * np.eye(12)[0]
    np.savez(tmp_path / "pairs.npz", image=meaning + shift, text=meaning + 0.1 * rng.normal(size=(60, 12)) - shift)
    return tmp_path / "pairs.npz"


def test_pairs_of_vectors_train_weights_that_search_and_evaluate_take(run, pairs: Path) -> None:
    where = pairs.parent
    done = run("train-async", "pairs.npz", "--out", "w.safetensors", *QUICK, cwd=where)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["pairs"], said["dimension"], said["origin"], len(said["rounds"])) == (60, 12, "given pairs", 2)
    assert load_normalisers(where / "w.safetensors").model == "vectors"

    asked = np.load(pairs)["text"] + 0.2 * np.random.default_rng(3).normal(size=(60, 12))
    np.savez(where / "q.npz", ids=[f"q{i}" for i in range(60)], modality=["text"] * 60, vectors=asked)
    (where / "qrels.tsv").write_text("\n".join(f"q{i}\t0\timage/{i}\t1" for i in range(60)), encoding="utf-8")
    evaluated = run(
        *("evaluate", "pairs.npz", "--queries", "q.npz", "--qrels", "qrels.tsv", "--async", "w.safetensors"),
        *("--methods", "raw,i0t_async,i0t_async+standardized", "--json"),
        cwd=where,
    )
    assert list(json.loads(evaluated.stdout)["methods"]) == ["raw", "i0t_async", "i0t_async+standardized"]

    run("calibrate", "pairs.npz", "--queries", "q.npz", "--async", "w.safetensors", "--out", "c.json", cwd=where)
    search = ("search", "pairs.npz", "@q.npz:q3", "--method", "i0t_async+standardized", "--json")
    with_file = run(*search, "--calibration", "c.json", cwd=where)
    assert json.loads(with_file.stdout)["hits"][0]["id"] in ("image/3", "text/3")

    for twice in (
        (*search, "--calibration", "c.json", "--async", "w.safetensors"),
        ("calibrate", "pairs.npz", "--queries", "q.npz", "--update", "c.json", "--async", "w.safetensors"),
    ):
        refused = run(*twice, cwd=where)
        assert refused.returncode == 2
        assert "--async" in refused.stderr


def test_a_captioned_corpus_trains_and_says_what_of_it_did_not_count(run, tmp_path: Path) -> None:
    photos = sorted(asset_path("sample", "corpus", "photos").glob("*.webp"))
    rows = [{"image": photo.name, "caption": photo.stem.replace("-", " ")} for photo in photos[:34]]
    rows.append({"image": photos[34].name})
    rows[0]["caption"] += " word" * 100
    (tmp_path / "captioned.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    for photo in photos[:35]:
        shutil.copy(photo, tmp_path)
    done = run("train-async", "captioned.jsonl", "--out", "w.safetensors", *QUICK, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pairs"] == 34
    said = " ".join(done.stderr.split())
    assert "1 of the pictures have no caption and were left out" in said
    assert "1 of the captions are longer than the model reads" in said


def test_an_uncaptioned_corpus_pairs_its_own_items(run, pairs: Path) -> None:
    arrays = np.load(pairs)
    vectors = np.concatenate([arrays["image"], arrays["text"]])
    names, modality = [f"d{i}" for i in range(120)], ["image"] * 60 + ["text"] * 60
    np.savez(pairs.parent / "mixed.npz", ids=names, modality=modality, vectors=vectors)
    done = run("train-async", "mixed.npz", "--out", "w.safetensors", *QUICK, cwd=pairs.parent)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["origin"] == "pairs of each other's nearest, with no labels"


def test_a_corpus_with_few_that_are_each_others_nearest_pairs_each_item(run, tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    vectors = rng.normal(size=(60, 12)) + 3 * np.repeat([[1], [-1]], [20, 40], axis=0) * np.eye(12)[0]
    names, modality = [f"d{i}" for i in range(60)], ["image"] * 20 + ["text"] * 40
    np.savez(tmp_path / "mixed.npz", ids=names, modality=modality, vectors=vectors)
    done = run("train-async", "mixed.npz", "--out", "w.safetensors", *QUICK, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["pairs"], said["origin"]) == (40, "pairs of an item and its nearest, with no labels")


def test_bad_pairs_and_settings_end_in_one_sentence(run, pairs: Path) -> None:
    arrays = np.load(pairs)
    np.savez(pairs.parent / "few.npz", image=arrays["image"][:9], text=arrays["text"][:9])
    np.savez(pairs.parent / "uneven.npz", image=arrays["image"], text=arrays["text"][:9])
    np.savez(pairs.parent / "half.npz", image=arrays["image"])
    for name, words in (
        ("few.npz", "9 pairs, and I0T_async learns from 32"),
        ("uneven.npz", "shape (60, 12) and text (9, 12)"),
        ("half.npz", "half.npz holds image vectors alone"),
    ):
        done = run("train-async", name, "--out", "w.safetensors", cwd=pairs.parent)
        assert done.returncode == 1
        assert words in " ".join(done.stderr.split())
    assert run("train-async", "pairs.npz", "--batch", "1", cwd=pairs.parent).returncode == 1
    assert run("train-async", "pairs.npz", "--seed", "-1", cwd=pairs.parent).returncode == 2
    assert run("train-async", "pairs.npz", "--out", "pairs.npz", *QUICK, cwd=pairs.parent).returncode == 2
    assert set(np.load(pairs)) == {"image", "text"}

    bare = run("train-async", asset_path("sample", "corpus", "photos"), "--out", "w.safetensors", cwd=pairs.parent)
    assert bare.returncode == 1
    assert "give pictures with captions" in " ".join(bare.stderr.split())
