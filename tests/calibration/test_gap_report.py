"""The gap of a whole collection: what acts on what, what is left out, and what real vectors say."""

from pathlib import Path

import numpy as np
import pytest

from modgap.calibration.gap_report import measure_gap
from modgap.calibration.queries import given_queries
from modgap.corpus import read_corpus, read_queries
from modgap.engines.exact import ExactEngine
from modgap.errors import CalibrationError, CorpusError, EngineError
from modgap.items import Modality
from modgap.metrics.catalogue import GAP_METRICS
from modgap.search.collection import Collection
from tests.engines.mock_engine import MockEngine


@pytest.fixture
def collection() -> tuple[Collection, np.ndarray]:
    """20 texts and 20 pictures of the same subjects, the pictures shifted; and 30 queries near the texts."""
    rng = np.random.default_rng(0)
    topics = rng.normal(size=(20, 12))
    shift = np.zeros(12)
    shift[0] = 5
    items = np.concatenate([topics, topics + shift]) + rng.normal(scale=0.1, size=(40, 12))
    ids = [f"{m}{i}" for m in "ti" for i in range(20)]
    queries = topics[rng.integers(20, size=30)] + rng.normal(scale=0.3, size=(30, 12))
    return Collection.from_vectors(ids, ["text"] * 20 + ["image"] * 20, items), queries


def test_metrics_without_pairs_say_so(collection):
    items, queries = collection
    gap = items.gap(queries)
    assert gap.left_out.keys() == {"paired_distance", "rmg", "alignment"}
    assert gap.metrics.keys() == GAP_METRICS.keys() - gap.left_out.keys()
    assert gap.counts == {"text": 20, "image": 20, "pairs": 0, "queries": 30}


def test_vector_methods_move_all_and_standardization_moves_rankings_only(collection):
    items, queries = collection
    gap = items.gap(queries, pairs=(items.vectors[20:], items.vectors[:20]))
    assert gap.left_out == {}
    assert gap.after["i0t_post"].keys() == GAP_METRICS.keys()
    assert gap.after["standardized"].keys() == {n for n, m in GAP_METRICS.items() if m.needs == "queries"}
    assert gap.after["i0t_post"]["centroid_distance"] < gap.metrics["centroid_distance"] / 3
    assert gap.after["standardized"]["ks_best_scores"] < gap.metrics["ks_best_scores"]
    assert gap.after["standardized"]["image_share@10"] != gap.metrics["image_share@10"]


def test_measuring_leaves_the_collection_as_it_was(collection):
    items, queries = collection
    before = items.vectors.copy()
    items.gap(queries)
    assert items.calibration is None
    np.testing.assert_array_equal(items.vectors, before)


def test_without_queries_the_metrics_of_rankings_are_left_out(collection):
    items, _ = collection
    gap = measure_gap(items.engine)
    assert gap.left_out["ks_best_scores"] == "there are too few queries"
    assert "standardized" not in gap.after


def test_one_item_of_each_is_enough_for_the_centroids(toy):
    _, items, modality = toy
    gap = measure_gap(ExactEngine(items[[0, 2]], modality[[0, 2]]))
    assert gap.metrics["centroid_distance"] == pytest.approx(1.2**0.5, abs=1e-6)  # cosine 0.4
    assert gap.metrics.keys() == {"centroid_distance", "centroid_cosine_distance"}
    assert gap.after == {}


def test_one_modality_has_no_gap(toy):
    _, items, _ = toy
    alone = Collection.from_vectors(list("abcd"), ["text"] * 4, items)
    with pytest.raises(CalibrationError, match="no gap to close"):
        alone.gap()
    with pytest.raises(CalibrationError, match="a gap needs both"):
        measure_gap(ExactEngine(items, ["text"] * 4))


def test_captions_are_pairs_where_an_encoder_is_there(toy):
    class Echo:
        name, dimension = "echo", 3

        def encode_texts(self, texts, **_):
            return np.tile(np.array([[1.0, 0.0, 0.0]], dtype=np.float32), (len(texts), 1))

    queries, vectors, modality = toy
    items = Collection.from_vectors(["t0", "t1", "i0", "i1"], modality, vectors)
    items.items = [type(i)(i.id, i.modality, caption="a caption") if i.id[0] == "i" else i for i in items.items]
    assert items.gap(queries).counts["pairs"] == 0
    items.encoder = Echo()
    gap = items.gap(queries)
    assert gap.counts["pairs"] == 2
    assert gap.metrics["alignment"] == pytest.approx(1.5, abs=1e-6)  # 2 - 2 cos: cosines 0.4 and 0.1


def test_a_file_of_pairs_is_a_corpus_that_knows_its_pairs(tmp_path: Path):
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "pairs.npz", image=rng.normal(size=(3, 4)), text=rng.normal(size=(3, 4)))
    corpus = read_corpus(tmp_path / "pairs.npz")
    assert [item.id for item in corpus.items][2:4] == ["image/2", "text/0"]
    assert corpus.pairs is not None
    assert corpus.pairs.tolist() == [[0, 3], [1, 4], [2, 5]]
    np.savez(tmp_path / "odd.npz", image=rng.normal(size=(3, 4)), text=rng.normal(size=(2, 4)))
    with pytest.raises(CorpusError, match=r"image has shape \(3, 4\) and text \(2, 4\)"):
        read_corpus(tmp_path / "odd.npz")
    np.savez(tmp_path / "zero.npz", image=np.zeros((1, 4)), text=np.ones((1, 4)))
    with pytest.raises(CorpusError, match="all zeros"):
        read_corpus(tmp_path / "zero.npz")


def test_on_real_clip_vectors_raw_shows_no_picture_and_standardized_does(clip_vectors: Path):
    items = Collection.encode(read_corpus(clip_vectors / "flickr8k_vitb32_corpus.npz"))
    gap = items.gap(read_queries(clip_vectors / "flickr8k_vitb32_queries.npz"))
    assert gap.severity == "severe"
    assert (gap.metrics["ks_best_scores"], gap.metrics["image_share@10"]) == (1.0, 0.0)
    assert gap.after["standardized"]["ks_best_scores"] < 0.2
    assert gap.after["standardized"]["image_share@10"] > 0.4


# --- three groups -----------------------------------------------------------------------------------------------


def test_of_three_groups_the_pair_is_chosen_and_every_distance_known() -> None:
    vectors = np.asarray([[1, 0], [0, 1], [0.6, 0.8], [-0.6, 0.8], [0.8, 0.6], [1, 0]], dtype=np.float32)
    # means (.5, .5), (0, .8), (.9, .3)
    engine = ExactEngine(vectors, ["text", "text", "image", "image", "table", "table"])
    gap = measure_gap(engine)
    assert (gap.groups, gap.pair) == (("text", "image", "table"), ("image", "text"))
    assert gap.metrics["centroid_distance"] == pytest.approx(0.34**0.5, abs=1e-6)
    assert gap.distances["image"]["text"] == pytest.approx(0.34**0.5, abs=1e-6)
    assert gap.distances["table"] == pytest.approx({"text": 0.2**0.5, "image": 1.06**0.5, "table": 0}, abs=1e-6)
    assert gap.counts == {"text": 2, "image": 2, "table": 2, "pairs": 0, "queries": 0}
    other = measure_gap(engine, pair=("table", "image"))
    assert other.metrics["centroid_distance"] == pytest.approx(1.06**0.5, abs=1e-6)
    assert other.to_json()["pair"] == ["table", "image"]


def test_rankings_are_of_all_three_groups(collection) -> None:
    items, queries = collection
    groups = np.where(np.arange(40) % 4 == 3, "table", items.item_groups)
    three = Collection.from_vectors([item.id for item in items.items], groups, items.vectors)
    gap = three.gap(queries, pair=("table", "text"))
    assert gap.metrics["image_share_pool"] == pytest.approx(10 / 40)  # the share of the first of the pair
    assert gap.after["standardized"].keys() == {n for n, m in GAP_METRICS.items() if m.needs == "queries"}


def test_two_groups_of_pictures_have_a_gap_though_words_cannot_be_centred(collection) -> None:
    items, queries = collection
    engine = ExactEngine(items.vectors, ["scan"] * 20 + ["image"] * 20, group_modality={"scan": "image"})
    given = given_queries(queries, None, items.dimension)[Modality.TEXT]
    gap = measure_gap(engine, queries=given, pair=("image", "scan"))
    by_queries = {name for name, metric in GAP_METRICS.items() if metric.needs == "queries"}
    assert by_queries <= gap.metrics.keys()
    assert by_queries <= gap.after["standardized"].keys()
    assert not by_queries & gap.after["i0t_post"].keys()
    assert gap.after["i0t_post"]["centroid_distance"] < gap.metrics["centroid_distance"]


def test_a_pair_that_cannot_be_compared_is_refused(collection) -> None:
    items, _ = collection
    with pytest.raises(CalibrationError, match=r'no group "maps"\. It has: text, image'):
        measure_gap(items.engine, pair=("text", "maps"))
    with pytest.raises(CalibrationError, match='between two groups; got "text" twice'):
        measure_gap(items.engine, pair=("text", "text"))
    with pytest.raises(EngineError, match="keeps its vectors elsewhere and cannot give all vectors"):
        measure_gap(MockEngine(items.vectors, items.item_groups.tolist()))
