"""What every live engine must do alike: answer as `Collection` does on the same vectors, and fail in a sentence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import modgap
from modgap.engines.connect import open_engine
from modgap.engines.exact import ExactEngine
from modgap.engines.live import LiveEngine
from modgap.engines.stored import Stored
from modgap.errors import EngineError
from modgap.io.assets import asset_path
from modgap.search.live_collection import LiveCollection, connect, push
from modgap.vectors import unit_vectors

CLOSE = 1e-4  # engines compute in float32, and say distances in as many digits
WORDS = ("windmills by the sea", "solar panels", "a cup of tea", "qwerty zxcv asdf", "how does a wheel turn")


def stored(n: int = 40, d: int = 8, seed: int = 0) -> list[Stored]:
    """n texts and n pictures in a space with a gap; every other text has words."""
    rng = np.random.default_rng(seed)
    topics = rng.normal(size=(n, d))
    shift = np.eye(d)[0] * 4
    both = unit_vectors(np.concatenate([topics, topics + rng.normal(scale=0.3, size=(n, d)) + shift]))
    ids = [*(f"t/{i} 'quoted' \"{i}\"" for i in range(n)), *(f"i/{i}" for i in range(n))]
    groups = ["text"] * n + ["image"] * n
    words = [f"text {i}" if i % 2 and i < n else None for i in range(2 * n)]
    return [Stored(*each) for each in zip(ids, groups, both, words, strict=True)]


def check_rows_and_scores(url: str) -> None:
    """top_k, exclusions, vectors and means are those of the exact engine; a second push writes nothing."""
    items = stored()
    engine = open_engine(url)
    assert engine.push(items, model="a model") == len(items)
    assert open_engine(url).push(items, model="a model") == 0
    moved = [replace(items[0], vector=items[1].vector), *items[1:]]
    assert open_engine(url).push(moved) == 1
    assert open_engine(url).push(items) == 1, "the old vector is back"

    engine = open_engine(url)
    vectors, groups = np.stack([each.vector for each in items]), [each.group for each in items]
    exact = ExactEngine(vectors, groups)
    ids = [each.id for each in items]
    assert engine.groups == exact.groups
    assert [engine.count(group) for group in engine.groups] == [40, 40]
    assert engine.dimension == 8
    queries = unit_vectors(np.random.default_rng(1).normal(size=(70, 8)))
    for group in engine.groups:
        found, right = engine.top_k(queries, 5, group), exact.top_k(queries, 5, group)
        assert found.scores == pytest.approx(right.scores, abs=CLOSE)
        assert [[engine.ids[row] for row in rows] for rows in found.rows] == [
            [ids[r] for r in rows] for rows in right.rows
        ]
        assert set(engine.groups_of(found.rows[0])) == {group}
        assert engine.mean(group) == pytest.approx(exact.mean(group), abs=CLOSE)
        assert engine.sampling_errors()[group] == (40, 0.0), "the sample is everything"
    rows = np.asarray([engine.row_of[name] for name in ids[:3]])
    assert engine.vectors_of(rows) == pytest.approx(vectors[:3], abs=CLOSE)
    without_itself = engine.top_k(vectors[:3], 2, "text", exclude=rows)
    assert not np.any(without_itself.rows == rows[:, None])
    assert without_itself.scores == pytest.approx(
        exact.top_k(vectors[:3], 2, "text", exclude=np.arange(3)).scores, abs=CLOSE
    )
    assert engine.top_k(vectors[:3], 1, "text", exclude_same=True).scores.max() < 0.9999
    advice = engine.advice(queries[:10], 5)
    assert advice.found == {"text": 1.0, "image": 1.0}
    with pytest.raises(EngineError, match=r'no group "tables". It has: text, image'):
        engine.top_k(queries, 1, "tables")
    with pytest.raises(EngineError, match="The queries have 3 dimensions"):
        engine.top_k(queries[:, :3], 1, "text")
    with pytest.raises(EngineError, match="dimensions and these have 5"):
        open_engine(url).push([replace(items[0], vector=items[0].vector[:5])])


def check_hits(url: str) -> None:
    """The sample, pushed: the same statistics, hits, z, fit and verdicts as in memory."""
    encoder = modgap.load_encoder(device="cpu")
    here = modgap.Collection.encode(modgap.read_corpus(asset_path("sample", "corpus")), encoder)
    assert push(here, url) == len(here.items)
    there = connect(url, encoder)
    assert isinstance(there, LiveCollection)
    assert there.counts == here.counts
    mine, theirs = here.calibrate(), there.calibrate()
    for modality, by_group in mine.statistics.items():
        for group, each in by_group.items():
            other = theirs.statistics[modality][group]
            assert (other.mean, other.std, other.n) == pytest.approx((each.mean, each.std, each.n), abs=CLOSE)
    for method in ("calibrated", "standardized", "raw", "per_query_z"):
        for words in WORDS:
            right, found = here.search(words, 8, method=method), there.search(words, 8, method=method)
            assert [hit.id for hit in found] == [hit.id for hit in right]
            for name in ("score", "z", "fit"):
                values = [getattr(hit, name) for hit in found]
                assert values == pytest.approx(
                    [getattr(hit, name) for hit in right], abs=0.01 if name == "fit" else 2e-3
                )
            assert [hit.good_match for hit in found] == [hit.good_match for hit in right]
    compared = there.compare("solar panels", 5)
    assert [hit.id for hit in compared.calibrated] == [hit.id for hit in here.compare("solar panels", 5).calibrated]
    assert there.items[there.row_of[there.search("solar panels", 1)[0].id]].title
    with pytest.raises(EngineError, match="cannot give moved vectors"):
        there.search("solar panels", method="i0t_post")


def check_empty(engine: LiveEngine) -> None:
    """An engine without the collection says so, and what to do."""
    with pytest.raises(EngineError, match=r"is not there.*modgap push CORPUS URL"):
        _ = engine.groups
