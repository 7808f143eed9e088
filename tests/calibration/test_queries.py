"""Calibration queries: the user's own and automatic ones, and what each is not compared with."""

from pathlib import Path

import numpy as np
import pytest

import modgap
from modgap.calibration.merge import QuerySource
from modgap.calibration.queries import (
    TARGET_QUERY_COUNT,
    CalibrationQueries,
    automatic_picture_queries,
    automatic_text_queries,
    bank_queries,
    document_rows,
    draw,
    encode_queries,
    excludes_copies,
    first_sentence,
    given_queries,
    merge_queries,
    query_bank,
)
from modgap.corpus import Queries, Query
from modgap.corpus.item_columns import rows_of_modality
from modgap.engines.exact import ExactEngine
from modgap.errors import CalibrationError, CorpusError, VectorError
from modgap.io.assets import asset_path
from modgap.items import Item, Modality
from modgap.search.collection import Collection


@pytest.fixture(scope="module")
def sample() -> Collection:
    return Collection.encode(modgap.read_corpus(asset_path("sample", "corpus")), modgap.load_encoder(device="cpu"))


def engine_of(items: list[Item], vectors: np.ndarray) -> ExactEngine:
    return ExactEngine(vectors, [item.group for item in items])


def test_automatic_queries_are_never_compared_with_their_source(sample: Collection) -> None:
    rows = [*rows_of_modality(sample.items, Modality.TEXT)[:30], *rows_of_modality(sample.items, Modality.IMAGE)]
    items, own = [sample.items[row] for row in rows], 30
    asked = automatic_text_queries(items, engine_of(items, sample.vectors[rows]), sample.encoder)
    assert [items[row].modality for row in asked.sources[:own]] == [Modality.TEXT] * own
    assert asked.sources[own:].tolist() == [-1] * (TARGET_QUERY_COUNT - own)
    assert (asked.origin.kind, asked.origin.count, asked.vectors.shape[0]) == (
        "automatic",
        TARGET_QUERY_COUNT,
        TARGET_QUERY_COUNT,
    )


def test_a_corpus_of_many_passages_is_asked_by_them_alone(sample: Collection) -> None:
    asked = automatic_text_queries(sample.items, sample.engine, sample.encoder)
    assert asked.origin.count == sample.counts["text"] == len(set(asked.sources.tolist()))
    assert "bank" not in asked.origin.description


def test_automatic_queries_are_never_compared_with_their_document(toy) -> None:
    items = [Item(f"a#{n}", Modality.TEXT, text=f"Part {n}.", source="a") for n in range(3)]
    items += [Item("b", Modality.TEXT, text="Whole."), Item("c", Modality.IMAGE)]
    vectors = np.tile(toy[0][:1], (5, 1))
    asked = automatic_text_queries(items, engine_of(items, vectors), None)
    assert asked.exclude.tolist() == [[0, 3]] * 3 + [[3, 4]]
    assert asked.sources.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("name", ["queries.txt", Path("queries.txt")])
def test_the_name_of_a_file_is_not_a_list_of_queries(sample: Collection, name) -> None:
    with pytest.raises(CalibrationError, match=r"modgap.read_queries"):
        sample.calibrate(name)


def test_where_all_texts_are_one_document_the_bank_alone_asks(toy, sample: Collection) -> None:
    items = [Item(f"a#{n}", Modality.TEXT, text=f"Part {n}.", source="a") for n in range(3)]
    vectors = np.tile(toy[0][:1], (3, 1))
    assert automatic_text_queries(items, engine_of(items, vectors), None).origin.count == 0
    asked = automatic_text_queries(items, engine_of(items, vectors), sample.encoder)
    assert (asked.origin.count, set(asked.exclude.tolist())) == (TARGET_QUERY_COUNT, {-1})


def test_passages_without_words_ask_by_their_vectors_beside_the_bank(sample: Collection) -> None:
    items = [Item(f"row {row}", Modality.TEXT) for row in range(3)]
    vectors = sample.vectors[-3:]
    asked = automatic_text_queries(items, engine_of(items, vectors), sample.encoder)
    assert asked.vectors[:3].tolist() == vectors.tolist()
    assert asked.sources[:4].tolist() == [0, 1, 2, -1]
    assert len(asked.vectors) == TARGET_QUERY_COUNT


def test_passages_enough_leave_the_bank_out(toy) -> None:
    items = [Item(str(row), Modality.TEXT, text="x") for row in range(TARGET_QUERY_COUNT)]
    vectors = np.tile(toy[0][:1], (TARGET_QUERY_COUNT, 1))
    asked = automatic_text_queries(items, engine_of(items, vectors), None)
    assert asked.sources.tolist() == list(range(TARGET_QUERY_COUNT))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two.", "One."),
        ("\n\n## Title\nBody", "Title"),
        ("word " * 60, ("word " * 20).strip()),
        ("no end", "no end"),
    ],
)
def test_first_sentences(text: str, expected: str) -> None:
    assert first_sentence(text) == expected


def test_texts_of_every_group_ask_and_pictures_of_every_group(toy) -> None:
    items = [Item("a", Modality.TEXT, text="A."), Item("b", Modality.TEXT, text="B.", group="table")]
    items += [Item("c", Modality.IMAGE), Item("d", Modality.IMAGE, group="scan")]
    engine = engine_of(items, toy[1])
    words, pictures = automatic_text_queries(items, engine, None), automatic_picture_queries(items, engine)
    assert (words.sources.tolist(), pictures.sources.tolist()) == ([0, 1], [2, 3])
    assert words.vectors.tolist() == toy[1][:2].tolist()
    assert excludes_copies(Modality.IMAGE, pictures)
    assert not excludes_copies(Modality.TEXT, words)


def test_given_queries_are_parted_by_modality() -> None:
    both = Queries(
        [Query(str(n)) for n in range(3)], np.asarray(["text", "image", "text"]), np.eye(3, dtype=np.float32)
    )
    found = given_queries(both, None, 3)
    assert {m.value: each.vectors.argmax(axis=1).tolist() for m, each in found.items()} == {
        "text": [0, 2],
        "image": [1],
    }
    assert found[Modality.TEXT].origin == QuerySource("given", 2, "the user's own queries")
    assert found[Modality.TEXT].exclude.tolist() == [-1, -1]
    assert not excludes_copies(Modality.IMAGE, found[Modality.IMAGE])
    with pytest.raises(VectorError, match="queries have 3 dimensions and the corpus 4"):
        given_queries(np.eye(3), None, 4)
    with pytest.raises(CalibrationError, match="no encoder"):
        given_queries(["a mill"], None, 3)
    with pytest.raises(CalibrationError, match="no queries"):
        given_queries([" "], None, 3)


def test_merged_queries_keep_what_each_is_not_compared_with() -> None:
    vectors = np.eye(2, dtype=np.float32)
    rows = CalibrationQueries(vectors[:1], np.asarray([4]), QuerySource("automatic", 1, "1 sentence"))
    cut = CalibrationQueries(vectors[1:], np.asarray([7]), QuerySource("automatic", 1, "1 part"), np.asarray([[6, 9]]))
    merged = merge_queries(rows, cut)
    assert merged.origin == QuerySource("automatic", 2, "1 sentence and 1 part")
    assert merged.exclude.tolist() == [[4, 5], [6, 9]]
    assert merge_queries(rows, rows).exclude.tolist() == [4, 4]


def test_rows_of_documents_by_hand() -> None:
    items = [Item(f"a#{n}", Modality.TEXT, text="x", source="a") for n in range(2)]
    items += [Item("b", Modality.TEXT, text="y"), Item("c#1", Modality.TEXT, text="z", source="c")]
    assert document_rows(items, [1, 2, 3]).tolist() == [[0, 2], [2, 3], [3, 4]]
    assert document_rows(items, [2]) is None


def test_a_draw_keeps_the_order_and_its_seed() -> None:
    assert draw([5, 3, 9], None, 0) == draw([5, 3, 9], 3, 0) == [5, 3, 9]
    some = draw(list(range(100)), 10, 0)
    assert (len(some), some == sorted(some), some == draw(list(range(100)), 10, 0)) == (10, True, True)
    assert some != draw(list(range(100)), 10, 1)


def test_the_bank_has_no_empty_and_no_comment_lines() -> None:
    assert len(query_bank()) == 320
    assert all(line == line.strip() and line and not line.startswith("#") for line in query_bank())


def test_a_query_picture_that_cannot_be_read_is_named_or_counted(sample: Collection, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"not a picture")
    asked = Queries(
        [Query("w", text="a mill"), Query("p", image=tmp_path / "broken.png")], np.asarray(["text", "image"])
    )
    with pytest.raises(CorpusError, match=r'query picture ".*broken\.png"'):
        encode_queries(asked, sample.encoder)
    unreadable: list[int] = []
    vectors = encode_queries(asked, sample.encoder, unreadable=unreadable)
    assert unreadable == [1]
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0])


def test_a_part_of_the_bank_is_drawn_by_seed_in_its_order() -> None:
    class Lengths:
        def encode_fixed_texts(self, texts):
            return np.asarray([[len(text)] for text in texts], dtype=np.float32)

    for most, seed in ((7, 0), (7, 1), (None, 0)):
        asked = bank_queries(Lengths(), most=most, seed=seed)
        assert asked.vectors[:, 0].tolist() == [len(text) for text in draw(query_bank(), most, seed)]
        assert asked.origin.count == len(asked.sources) == len(asked.vectors)
