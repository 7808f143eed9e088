"""Results that are found again on disk, and entries that are not."""

from pathlib import Path

import numpy as np
import pytest

from modgap.corpus import with_qrels
from modgap.errors import CorpusError
from modgap.evaluation import ResultCache, evaluate, runner
from modgap.evaluation.result_cache import entry_name
from modgap.search.collection import Collection


def test_a_finished_result_is_found_again_and_a_changed_one_is_not(collection, queries, tmp_path, monkeypatch) -> None:
    first = evaluate(collection, queries, ["raw", "standardized"], result_cache=ResultCache(tmp_path / "work"))
    measured = []
    monkeypatch.setattr(
        runner, "_rankings", lambda method, *rest: measured.append(method.name) or [["d0"] for _ in range(40)]
    )
    again = evaluate(collection, queries, ["raw", "standardized"], result_cache=ResultCache(tmp_path / "work"))
    assert measured == []
    assert again.methods == first.methods
    evaluate(collection, queries, ["standardized"], learn_from="held-out", result_cache=ResultCache(tmp_path / "work"))
    relabelled = with_qrels(queries, {"q0": {"d5": 1}})
    evaluate(collection, relabelled, ["raw"], result_cache=ResultCache(tmp_path / "work"))
    assert measured == ["standardized", "raw"]


def test_other_modalities_make_another_entry(collection, queries, tmp_path) -> None:
    evaluate(collection, queries, ["standardized"], result_cache=ResultCache(tmp_path))
    swapped = np.where(collection.modality == "image", "text", "image")
    other = Collection.from_vectors([item.id for item in collection.items], swapped, collection.vectors)
    evaluate(other, queries, ["standardized"], result_cache=ResultCache(tmp_path))
    assert len(list(tmp_path.glob("*.json"))) == 2


def test_a_damaged_entry_is_computed_again_with_a_note(collection, queries, tmp_path: Path) -> None:
    first = evaluate(collection, queries, ["raw"], result_cache=ResultCache(tmp_path))
    [entry] = tmp_path.glob("*.json")
    for broken in ("{", '{"recall@1": [1]}', "[]"):
        entry.write_text(broken)
        again = evaluate(collection, queries, ["raw"], result_cache=ResultCache(tmp_path))
        assert "is damaged" in again.notes[-1]
        assert again.methods == first.methods


def test_a_folder_that_cannot_be_created_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CorpusError, match="cannot hold finished results"):
        ResultCache(tmp_path / "file" / "work")


def test_the_name_of_an_entry_depends_on_every_part_and_on_their_order() -> None:
    vectors = np.asarray([[1.0, 0.0]], dtype=np.float32)
    names = [
        entry_name("a+b", [vectors, {"q": {"d": 1}}]),
        entry_name("a+b", [-vectors, {"q": {"d": 1}}]),
        entry_name("a+b", [vectors, {"q": {"d": 2}}]),
        entry_name("a+b", [{"q": {"d": 1}}, vectors]),
        entry_name("c", [vectors, {"q": {"d": 1}}]),
    ]
    assert len(set(names)) == 5
    assert all(name.startswith("a_b-") for name in names[:4])
    assert names[0] == entry_name("a+b", [vectors.copy(), {"q": {"d": 1}}])
