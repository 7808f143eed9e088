"""Queries that an evaluation leaves out, and the notes about them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from modgap.corpus import Queries, Query, with_qrels
from modgap.errors import CorpusError
from modgap.evaluation import evaluate
from modgap.items import Item, Modality
from modgap.search.collection import Collection


def test_a_query_picture_that_cannot_be_read_is_left_out_with_a_note(tmp_path: Path, reader) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    items = [Item("a", Modality.TEXT, text="a cat"), Item("b", Modality.TEXT, text="a dog")]
    collection = Collection(items, np.asarray([[1, 0.1, 0], [0.1, 1, 0]], np.float32), encoder=reader)  # type: ignore[arg-type]
    words, broken = Query("q", text="cat", relevant={"a": 1}), Query("p", image=tmp_path / "broken.png")
    labelled = replace(broken, relevant={"b": 1})
    evaluation = evaluate(collection, Queries([words, labelled], np.asarray(["text", "image"])), ["raw"])
    assert evaluation.queries == 1
    assert evaluation.notes == [f'1 query pictures cannot be read and were left out (first: "{labelled.image}").']
    unlabelled = evaluate(collection, Queries([words, broken], np.asarray(["text", "image"])), ["raw"])
    assert unlabelled.notes == ["1 queries have no label and were left out."]
    with pytest.raises(CorpusError, match="No query can be measured"):
        evaluate(collection, Queries([labelled], np.asarray(["image"])), ["raw"])


def test_labels_of_unknown_queries_and_equal_ids_are_counted(collection, queries) -> None:
    labelled = with_qrels(queries, {"q0": {"d0": 1}, "nobody": {"d1": 1}})
    twice = Queries([*labelled.queries, labelled.queries[0]], np.full(41, "text"), labelled.vectors[[*range(40), 0]])
    notes = evaluate(collection, Queries(twice.queries, twice.modality, twice.vectors, labelled.notes), ["raw"]).notes
    assert '1 queries of the qrels are not among the queries (first: "nobody").' in notes
    assert any("1 queries have the id of another" in note for note in notes)
