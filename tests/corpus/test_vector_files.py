"""Vectors files: rows, groups, pairs, and what is refused."""

import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from modgap.corpus import Limits, read_corpus, read_queries
from modgap.errors import CorpusError


def test_vectors_are_read_as_unit_rows(tmp_path: Path) -> None:
    path = tmp_path / "v.npz"
    np.savez(path, ids=["a", "b"], modality=["image", "text"], vectors=np.asarray([[3.0, 4.0], [0.0, 2.0]]))
    corpus = read_corpus(path)
    assert [(item.id, item.modality.value) for item in corpus.items] == [("a", "image"), ("b", "text")]
    assert corpus.vectors.tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0.0, 1.0]]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"ids": ["a"], "vectors": [[1.0]]}, "lacks modality"),
        ({"ids": ["a", "a"], "modality": ["text"] * 2, "vectors": [[1.0]] * 2}, 'id "a" more than once'),
        ({"ids": ["a", "b"], "modality": ["text"] * 2, "vectors": [[1.0]]}, "2 ids"),
        ({"ids": ["a"], "modality": [1], "vectors": [[1.0]]}, "modality must be .* of strings"),
        ({"ids": ["a"], "modality": ["text"], "vectors": [[0.0]]}, '"a".*zeros'),
        ({"ids": np.asarray(["a", {}], dtype=object), "modality": ["text"] * 2, "vectors": [[1.0]] * 2}, "npz"),
    ],
)
def test_broken_vector_files_are_refused_by_cause(tmp_path: Path, arrays: dict, message: str) -> None:
    path = tmp_path / "v.npz"
    np.savez(path, **arrays)
    with pytest.raises(CorpusError, match=message):
        read_corpus(path)


def test_a_file_that_only_claims_to_be_vectors_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "v.npz"
    path.write_bytes(b"no zip at all")
    with pytest.raises(CorpusError, match=r"v\.npz"):
        read_corpus(path)


@pytest.mark.parametrize("source", ["an npz", "a list"])
def test_a_pickle_is_refused(tmp_path: Path, source: str) -> None:
    path = tmp_path / "v.npz"
    if source == "an npz":
        ids = np.asarray([{"harm": 1}, "b"], dtype=object)
        np.savez(path, ids=ids, modality=["text"] * 2, vectors=np.eye(2))
        message = "pickled Python objects"
    else:
        path.write_bytes(pickle.dumps(["harm"]))
        message = r"v\.npz cannot be read"
    with pytest.raises(CorpusError, match=message):
        read_corpus(path)


def test_vectors_that_claim_more_than_they_hold_are_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "<f4", "fortran_order": False, "shape": (10**9, 10**6)})
    with zipfile.ZipFile(tmp_path / "v.npz", "w") as archive:
        archive.writestr("vectors.npy", buffer.getvalue())
    with pytest.raises(CorpusError, match="claims"):
        read_corpus(tmp_path / "v.npz")
    np.savez_compressed(tmp_path / "w.npz", ids=["a"], modality=["text"], vectors=np.ones((1, 10_000)))
    with pytest.raises(CorpusError, match="limit vector_bytes: 1,000"):
        read_corpus(tmp_path / "w.npz", limits=Limits(vector_bytes=1_000))


def save(path: Path, **arrays) -> Path:
    n = len(arrays["modality"])
    np.savez(path, ids=[f"{row}" for row in range(n)], vectors=np.eye(n), **arrays)
    return path


def groups(corpus) -> list[tuple[str, str]]:
    return [(item.modality.value, item.group) for item in corpus.items]


def test_modality_may_name_any_groups_and_other_words_than_image_are_texts(tmp_path: Path) -> None:
    corpus = read_corpus(save(tmp_path / "v.npz", modality=["image", "text", "licences", "licences"]))
    assert groups(corpus) == [("image", "image"), ("text", "text"), ("text", "licences"), ("text", "licences")]
    assert corpus.counts == {"text": 1, "image": 1, "licences": 2}
    assert corpus.report.read == corpus.counts


def test_a_group_array_names_groups_of_pictures_too(tmp_path: Path) -> None:
    modality, group = ["image", "image", "text", "text"], ["maps", "", "<b>tables</b>", ""]
    path = save(tmp_path / "v.npz", modality=modality, group=group)
    assert groups(read_corpus(path)) == [
        ("image", "maps"),
        ("image", "image"),
        ("text", "<b>tables</b>"),
        ("text", "text"),
    ]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"modality": ["image", "text"], "group": ["x", "x"]}, r'row 1 belongs to the group "x", which holds pictures'),
        ({"modality": ["text", "image"], "group": ["a", "text"]}, r"row 1 .*which holds passages: give pictures a"),
        ({"modality": ["text", "maps"], "group": ["a", "b"]}, r"`modality` of row 1 is 'maps'; with a group array"),
        ({"modality": ["text", "text"], "group": ["a"]}, "2 ids, but 1 names in group"),
        ({"modality": ["text"], "group": [["a"]]}, r"group must be \(n,\) of strings"),
        ({"modality": ["text", "text"], "group": ["a", "two\nlines"]}, "`group` of row 1 .*cannot be printed"),
        ({"modality": ["text", "text"], "group": ["a", "query.text"]}, '`group` of row 1 .*begins with "query."'),
        ({"modality": ["text", ""]}, "`modality` of row 1 .*is empty"),
        ({"modality": ["text", "x" * 1_000_000]}, "`modality` of row 1 .*longer than 100 characters"),
        ({"modality": ["text", "text"], "group": [1, 2]}, "group must be .* of strings"),
        ({"modality": ["text", "text"], "group": [None, "a"]}, "pickled Python objects"),
    ],
)
def test_groups_that_cannot_be_are_named_with_their_row(tmp_path: Path, arrays: dict, message: str) -> None:
    path = save(tmp_path / "v.npz", **arrays)
    with pytest.raises(CorpusError, match=message) as raised:
        read_corpus(path)
    assert "v.npz" in str(raised.value)
    assert len(str(raised.value)) < 500


def test_queries_have_a_modality_whatever_the_items_have(tmp_path: Path) -> None:
    path = save(tmp_path / "q.npz", modality=["text", "licences"])
    with pytest.raises(CorpusError, match=r"q\.npz: `modality` of row 1 is 'licences'; a query is text or image"):
        read_queries(path)
    save(path, modality=["text", "image"], group=["licences", "maps"])
    assert read_queries(path).modality.tolist() == ["text", "image"]


def test_pairs_are_pictures_and_the_texts_that_belong_to_them(tmp_path: Path) -> None:
    np.savez(tmp_path / "p.npz", image=np.eye(2), text=2 * np.eye(2))
    corpus = read_corpus(tmp_path / "p.npz")
    assert [item.id for item in corpus.items] == ["image/0", "image/1", "text/0", "text/1"]
    assert corpus.pairs.tolist() == [[0, 2], [1, 3]]
    assert corpus.vectors.tolist() == [[1, 0], [0, 1], [1, 0], [0, 1]]
    np.savez(tmp_path / "p.npz", image=np.eye(2), text=np.ones((1, 2)))
    with pytest.raises(CorpusError, match=r"image has shape \(2, 2\) and text \(1, 2\)"):
        read_corpus(tmp_path / "p.npz")


@pytest.mark.parametrize("model", ["ViT-B-32/openai", np.asarray(["ViT-B-32/openai"]), np.bytes_("ViT-B-32/openai")])
def test_a_file_may_name_the_model_of_its_vectors(tmp_path: Path, model: object) -> None:
    assert read_corpus(save(tmp_path / "v.npz", modality=["image", "text"], model=model)).model == "ViT-B-32/openai"
    assert read_corpus(save(tmp_path / "w.npz", modality=["image", "text"])).model == ""
    np.savez(tmp_path / "pairs.npz", image=np.eye(2), text=np.eye(2), model=model)
    assert read_corpus(tmp_path / "pairs.npz").model == "ViT-B-32/openai"


@pytest.mark.parametrize("model", [3, " ", ["a", "b"], "x" * 201, np.asarray([], dtype=str)])
def test_a_name_of_a_model_is_one_short_string(tmp_path: Path, model: object) -> None:
    with pytest.raises(CorpusError, match="`model` must be one string"):
        read_corpus(save(tmp_path / "v.npz", modality=["image", "text"], model=model))
