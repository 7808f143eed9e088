"""A collection end to end: on toy vectors, through an engine that keeps its vectors, and on the bundled model."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import modgap
from modgap.calibration import Calibration
from modgap.corpus import Queries, Query, open_picture
from modgap.engines.exact import ExactEngine
from modgap.errors import CalibrationError, EngineError, ModgapError, VectorError
from modgap.evaluation import evaluate
from modgap.io.assets import asset_path
from modgap.items import Item, Modality, no_good_match
from modgap.methods import SimilarityStandardizer
from modgap.search.collection import Collection
from modgap.vectors import unit_vectors
from tests.engines.mock_engine import MockEngine


@pytest.fixture
def collection(toy) -> Collection:
    _, items, modality = toy
    return Collection.from_vectors(["t0", "t1", "i0", "i1"], modality, items)


@pytest.fixture(scope="session")
def encoder() -> modgap.encoders.Encoder:
    return modgap.load_encoder(device="cpu")


@pytest.fixture(scope="session")
def sample(encoder) -> Collection:
    collection = Collection.encode(modgap.read_corpus(asset_path("sample", "corpus")), encoder)
    collection.calibrate()
    return collection


def test_raw_search_ranks_by_cosine(collection: Collection, toy) -> None:
    hits = collection.search(toy[0][0], k=3, method="raw")
    assert [(hit.rank, hit.id, round(hit.score, 4)) for hit in hits] == [(1, "t0", 1.0), (2, "i0", 0.4), (3, "i1", 0.1)]
    assert hits[0].z is None
    assert hits[0].fit is None


def test_standardized_search_ranks_by_z_by_hand(collection: Collection, toy) -> None:
    queries = toy[0]
    collection.calibrate(queries)
    hits = collection.search(np.asarray([0.8, 0.0, 0.6]), k=4, method="standardized")
    # cosines: t0 .8, t1 .36, i0 .32 + .6 * .9165 = .8699, i1 .08 + .6 * .9747 = .6648; means .9 / .3, deviations .1
    assert [hit.id for hit in hits] == ["i0", "i1", "t0", "t1"]
    assert [hit.z for hit in hits] == pytest.approx([5.699, 3.648, -1.0, -5.4], abs=1e-2)


def test_search_equals_the_standardizer_on_the_full_matrix() -> None:
    rng = np.random.default_rng(5)
    items, queries = rng.normal(size=(60, 8)), rng.normal(size=(20, 8))
    modality = np.where(np.arange(60) % 4 == 0, "image", "text")
    collection = Collection.from_vectors([str(i) for i in range(60)], modality, items)
    collection.calibrate(queries)
    method = SimilarityStandardizer().fit(queries, items, modality)
    for query in queries[:5]:
        unit = (query / np.linalg.norm(query)).astype(np.float32)
        z = method.transform(collection.vectors @ unit, modality)
        hits = collection.search(query, k=10, method="standardized")
        assert [int(hit.id) for hit in hits] == np.argsort(-z, kind="stable")[:10].tolist()
        assert [hit.z for hit in hits] == pytest.approx(np.sort(z)[::-1][:10], abs=1e-4)


def test_an_item_as_query_does_not_find_itself(collection: Collection) -> None:
    collection.calibrate(collection.vectors)
    hits = collection.search(collection.items[2], k=4, method="raw")
    assert [hit.id for hit in hits] == ["i1", "t1", "t0"]


def test_one_modality_cannot_be_calibrated_but_can_be_searched_raw() -> None:
    only = Collection.from_vectors(["a", "b"], ["image", "image"], np.eye(2))
    with pytest.raises(CalibrationError, match=r"no passages, only pictures \(2\).*raw cosine"):
        only.calibrate(np.eye(2))
    assert [hit.id for hit in only.search(np.asarray([0.0, 1.0]), method="raw")] == ["b", "a"]


def test_unknown_search_methods_and_repeated_ids_are_refused(collection: Collection) -> None:
    with pytest.raises(ModgapError, match="Known: raw, standardized"):
        collection.search(np.ones(3), method="magic")
    with pytest.raises(VectorError, match="differ from one another"):
        Collection.from_vectors(["a", "a"], ["image", "text"], np.eye(2))


@pytest.mark.parametrize("queries", [[], np.empty((0, 3))])
def test_no_calibration_queries_is_an_error(collection: Collection, queries) -> None:
    with pytest.raises(ModgapError, match=r"no queries|table \(n, d\)|empty"):
        collection.calibrate(queries)


def test_real_clip_vectors_show_the_gap_and_its_mending(clip_vectors: Path) -> None:
    collection = Collection.encode(modgap.read_corpus(clip_vectors / "flickr8k_vitb32_corpus.npz"))
    calibration = collection.calibrate(modgap.read_queries(clip_vectors / "flickr8k_vitb32_queries.npz"))
    assert calibration.statistics["text"]["text"].mean == pytest.approx(0.72, abs=0.005)
    assert calibration.statistics["text"]["image"].mean == pytest.approx(0.30, abs=0.005)


@pytest.fixture
def mixed() -> tuple[Collection, np.ndarray]:
    """(collection of 60 items, 40 queries): pictures lie far from the queries, texts near."""
    rng = np.random.default_rng(11)
    items = rng.normal(size=(60, 8))
    items[::3, 0] += 4
    modality = ["image" if i % 3 == 0 else "text" for i in range(60)]
    return Collection.from_vectors([str(i) for i in range(60)], modality, items), rng.normal(size=(40, 8))


def test_calibrating_in_parts_or_by_updates_equals_calibrating_at_once(mixed) -> None:
    collection, queries = mixed
    whole = collection.calibrate(queries)
    parts = [collection.calibrate(part) for part in (queries[:15], queries[15 : 16 + 12], queries[28:])]
    merged = Calibration.merge(*parts)
    collection.use(parts[0])
    collection.update(queries[15:16])
    updated = collection.update(queries[16:])
    assert updated.queries["text"].count == merged.queries["text"].count == 40
    for each in (merged, updated):
        assert each.statistics["image"] == whole.statistics["image"]  # the automatic picture queries count once
        for kind in ("text", "image"):
            got, wanted = each.statistics["text"][kind], whole.statistics["text"][kind]
            # a processor may sum the products of few queries in another order than those of many
            assert (got.mean, got.std, got.n) == pytest.approx((wanted.mean, wanted.std, wanted.n), abs=1e-7)


def test_float64_statistics_differ_by_less_than_a_millionth(mixed) -> None:
    collection, queries = mixed
    calibration = collection.calibrate(queries)
    unit = queries / np.linalg.norm(queries, axis=1, keepdims=True)
    for kind in ("text", "image"):
        best = (unit @ collection.vectors[collection.modality == kind].astype(np.float64).T).max(axis=1)
        assert calibration.statistics["text"][kind].mean == pytest.approx(best.mean(), abs=1e-6)
        assert calibration.statistics["text"][kind].std == pytest.approx(best.std(), abs=1e-6)


def test_permuted_items_and_queries_give_the_same_statistics(mixed) -> None:
    collection, queries = mixed
    order = np.random.default_rng(0).permutation(60)
    other = Collection.from_vectors([str(i) for i in order], collection.modality[order], collection.vectors[order])
    one, two = collection.calibrate(queries), other.calibrate(queries[::-1])
    for kind in ("text", "image"):
        a, b = one.statistics["text"][kind], two.statistics["text"][kind]
        assert (a.mean, a.std, a.n) == pytest.approx((b.mean, b.std, b.n), abs=1e-7)


def test_queries_of_another_kind_are_seen_as_drift(mixed) -> None:
    collection, queries = mixed
    collection.calibrate(queries)
    rng = np.random.default_rng(12)
    assert [each.drifted for each in collection.drift(rng.normal(size=(40, 8)))] == [False, False]
    shifted = rng.normal(size=(40, 8))
    shifted[:, 0] += 5  # towards the pictures
    assert collection.drift(shifted)[1].drifted


def test_update_and_drift_need_a_calibration_of_this_very_corpus(mixed) -> None:
    collection, queries = mixed
    with pytest.raises(CalibrationError, match="not calibrated yet"):
        collection.update(queries)
    calibration = collection.calibrate(queries)
    fewer = Collection(collection.items[:50], collection.vectors[:50])
    fewer.use(calibration)
    for refused in (fewer.update, fewer.drift):
        with pytest.raises(CalibrationError, match="has changed since it was calibrated"):
            refused(queries)


def test_fewer_items_than_k_are_refused(mixed) -> None:
    collection, queries = mixed
    assert collection.calibrate(queries, k=20).parameters == {"k": 20, "ddof": 0}
    with pytest.raises(CalibrationError, match="There are 20 pictures, and the mean of the 21 best was asked for"):
        collection.calibrate(queries, k=21)
    for wrong in ({"k": 0}, {"ddof": 2}):
        with pytest.raises(CalibrationError, match="k is at least 1 and ddof 0 or 1"):
            collection.calibrate(queries, **wrong)


def test_convergence_reads_the_same_scores_as_calibration(mixed) -> None:
    collection, queries = mixed
    curves, calibration = collection.convergence(queries), collection.calibrate(queries)
    for kind in ("text", "image"):
        assert curves.mean[kind][-1] == pytest.approx(calibration.statistics["text"][kind].mean, abs=1e-6)


def test_hits_below_the_threshold_are_no_good_match(mixed) -> None:
    collection, queries = mixed
    raw = collection.search(queries[0], k=3, method="raw")
    assert [hit.good_match for hit in raw] == [None] * 3
    assert not no_good_match(raw)
    collection.calibrate(queries, fit_threshold=0.5)
    hits = collection.search(queries[0], k=60)
    assert [hit.good_match for hit in hits] == [hit.fit >= 0.5 for hit in hits]
    assert any(hit.good_match for hit in hits)
    away = -collection.vectors.mean(axis=0)
    collection.calibrate(queries, fit_threshold=0.9)
    assert no_good_match(collection.search(away, k=5))
    assert collection.compare(away, k=5).no_good_match
    assert set(hits[0].as_dict()) == {"rank", "id", "modality", "score", "value", "z", "fit"}


# --- through an engine alone -----------------------------------------------------------------------------------

GROUPS = ["text", "text", "image", "table"] * 12


@pytest.fixture
def remote() -> tuple[Collection, MockEngine, Collection]:
    """A collection whose own vectors are not numbers, the engine that answers for it, and the same one in memory.

    The items have texts, since vectors are part of the fingerprint of those that have nothing else.
    """
    rng = np.random.default_rng(31)
    apart = np.asarray([{"text": -2.0, "image": 2.0, "table": 0.0}[group] for group in GROUPS])
    vectors = unit_vectors(rng.normal(size=(48, 6)) + apart[:, None] * np.eye(6)[0])
    items = [
        Item(f"d{row}", Modality.from_group(group), text=f"Item {row}.", group=group)
        for row, group in enumerate(GROUPS)
    ]
    engine = MockEngine(vectors, GROUPS)
    return Collection(items, np.full_like(vectors, np.nan), engine=engine), engine, Collection(items, vectors)


def queries_of(n: int, seed: int = 32) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 6)) - 2 * np.eye(6)[0]


def test_calibration_needs_nothing_but_the_engine(remote) -> None:
    collection, engine, local = remote
    assert (collection.groups, collection.dimension) == (("text", "image", "table"), 6)
    found, expected = collection.calibrate(queries_of(40)), local.calibrate(queries_of(40))
    # words first, then the corpus's own pictures: one top-k of each group for each; then the check of foreign vectors
    assert engine.groups_searched()[:6] == ["text", "image", "table"] * 2
    assert found.groups == expected.groups == ("text", "image", "table")
    for query_modality in ("text", "image"):
        for group in found.groups:
            got, wanted = (each.statistics[query_modality][group] for each in (found, expected))
            assert (got.mean, got.std, got.n) == pytest.approx((wanted.mean, wanted.std, wanted.n), abs=1e-6)
    assert found.fingerprint == expected.fingerprint
    assert found.means.keys() == {"query.text", "query.image"}  # those of the items are elsewhere


def test_automatic_queries_need_nothing_but_the_engine(remote) -> None:
    collection, _, local = remote
    found, expected = collection.calibrate(), local.calibrate()
    assert found.queries == expected.queries
    for group in found.groups:
        assert found.statistics["text"][group].mean == pytest.approx(expected.statistics["text"][group].mean, abs=1e-6)


@pytest.mark.parametrize("method", ["raw", "standardized", "minmax", "rrf", "per_query_z", "dbsf"])
def test_a_search_is_one_top_k_of_each_group(remote, method: str) -> None:
    collection, engine, local = remote
    for each in (collection, local):
        each.calibrate(queries_of(40))
    for query in (*queries_of(3, seed=33), collection.items[2]):
        engine.groups_searched()
        hits, expected = collection.search(query, 9, method=method), local.search(query, 9, method=method)
        assert engine.groups_searched() == ["text", "image", "table"]
        assert [hit.id for hit in hits] == [hit.id for hit in expected]
        for name in ("score", "z", "fit"):
            assert [getattr(hit, name) for hit in hits] == pytest.approx(
                [getattr(hit, name) for hit in expected], abs=1e-4
            )
        assert [hit.group for hit in hits] == [hit.group for hit in expected]


@pytest.mark.parametrize("other", [None, "minmax"])
def test_a_comparison_is_one_top_k_of_each_group_for_all_its_lists(remote, other) -> None:
    collection, engine, local = remote
    for each in (collection, local):
        each.calibrate(queries_of(40))
    query = queries_of(1, seed=34)[0]
    engine.groups_searched()
    found, expected = collection.compare(query, 5, other=other), local.compare(query, 5, other=other)
    assert engine.groups_searched() == ["text", "image", "table"]
    for name in ("raw", "calibrated", "other"):
        assert [hit.id for hit in getattr(found, name)] == [hit.id for hit in getattr(expected, name)]
    assert found.image_share == expected.image_share
    assert found.rank_change == found.other_rank_change == {}  # without every score no place is known


def test_a_comparison_in_memory_is_one_top_k_of_each_group_too(remote, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, local = remote
    local.calibrate(queries_of(40))
    searched, top_k = [], ExactEngine.top_k

    def counted(self, queries, k, group, **options):
        searched.append(group)
        return top_k(self, queries, k, group, **options)

    monkeypatch.setattr(ExactEngine, "top_k", counted)
    comparison = local.compare(queries_of(1, seed=34)[0], 5)
    assert searched == ["text", "image", "table"]
    assert comparison.rank_change.keys() == {hit.id for hit in (*comparison.raw, *comparison.calibrated)}


def test_drift_update_and_convergence_need_nothing_but_the_engine(remote) -> None:
    collection, engine, local = remote
    for each in (collection, local):
        each.calibrate(queries_of(40))
    engine.groups_searched()
    drifts = [each.drift(queries_of(30, seed=35)) for each in (collection, local)]
    assert engine.groups_searched() == ["text", "image", "table"]
    assert [each.group for each in drifts[0]] == ["text", "image", "table"]
    assert [each.statistic for each in drifts[0]] == pytest.approx([each.statistic for each in drifts[1]])
    curves = [each.convergence(queries_of(30, seed=35), depth=4) for each in (collection, local)]
    assert engine.groups_searched() == ["text", "image", "table"]
    assert curves[0].overlap == pytest.approx(curves[1].overlap)
    assert collection.update(queries_of(5, seed=36)).queries["text"].count == 45
    assert engine.groups_searched() == ["text", "image", "table"]


@pytest.mark.parametrize("learn_from", ["same", "held-out", "automatic"])
def test_evaluation_needs_nothing_but_the_engine(remote, learn_from: str) -> None:
    collection, _, local = remote
    labelled = [Query(f"q{row}", relevant={f"d{row}": 1}) for row in range(48)]
    vectors = unit_vectors(local.vectors + 0.3 * np.random.default_rng(37).normal(size=(48, 6)))
    asked = Queries(labelled, np.full(48, "text"), vectors)
    methods = ["raw", "standardized", "oracle", "minmax", "rrf"]
    found, expected = (evaluate(each, asked, methods, learn_from=learn_from) for each in (collection, local))
    assert list(found.methods) == methods
    assert found.methods == expected.methods


def test_methods_that_move_vectors_say_that_they_are_elsewhere(remote) -> None:
    collection, _, _ = remote
    collection.calibrate(queries_of(40))
    for name in ("nnn", "i0t_post", "mind_the_gap"):
        with pytest.raises(ModgapError, match=r"elsewhere|mean vectors"):
            collection.search(queries_of(1)[0], method=name)
    with pytest.raises(EngineError, match="MockEngine keeps its vectors elsewhere"):
        collection.gap(queries_of(40))


# --- three groups -----------------------------------------------------------------------------------------------


def test_three_groups_are_calibrated_and_ranked_by_hand(toy) -> None:
    queries, items, modality = toy
    tables = np.asarray([[0.6, 0, 0.8], [0, 0.2, np.sqrt(0.96)]])
    collection = Collection.from_vectors(
        ["t0", "t1", "i0", "i1", "b0", "b1"], [*modality, "table", "table"], np.concatenate([items, tables])
    )
    assert collection.counts == {"text": 2, "image": 2, "table": 2}
    statistics = collection.calibrate(queries).statistics["text"]
    assert {group: (round(s.mean, 4), round(s.std, 4)) for group, s in statistics.items()} == {
        "text": (0.9, 0.1),
        "image": (0.3, 0.1),
        "table": (0.4, 0.2),
    }
    hits = collection.search(np.asarray([0.8, 0.0, 0.6]), k=6, method="standardized")
    # cosines as with two groups, and b0 .48 + .48 = .96, b1 .6 * .9798 = .5879: z 2.8 and .94
    assert [hit.id for hit in hits] == ["i0", "i1", "b0", "b1", "t0", "t1"]
    assert [hit.z for hit in hits] == pytest.approx([5.699, 3.648, 2.8, 0.939, -1.0, -5.4], abs=1e-2)
    assert [hit.group for hit in hits] == ["image", "image", "table", "table", "text", "text"]
    assert hits[2].as_dict()["group"] == "table"
    assert "group" not in hits[0].as_dict()


def test_one_group_of_pictures_and_texts_is_refused() -> None:
    items = [Item("a", Modality.TEXT, text="a", group="mine"), Item("b", Modality.IMAGE, group="mine")]
    with pytest.raises(ModgapError, match=r'item "b" belongs to the group "mine", which holds passages: give pictures'):
        Collection(items, np.eye(2, dtype=np.float32))


# --- with the bundled model ------------------------------------------------------------------------------------


def test_broken_pictures_are_skipped_and_the_rest_goes_on(folder: Path, encoder) -> None:
    stages = []
    collection = Collection.encode(
        modgap.read_corpus(folder), encoder, progress=lambda stage, done, total: stages.append((stage, done, total))
    )
    assert [item.id for item in collection.items] == [
        "latin.txt",
        "notes.txt",
        "red square.jpg",
        "sub/BLAU.PNG",
        "sub/grüße.md",
    ]
    assert "broken.jpg" in {skipped.id for skipped in collection.skipped}
    assert collection.vectors.shape == (5, encoder.dimension)
    assert np.linalg.norm(collection.vectors, axis=1) == pytest.approx(np.ones(5), abs=1e-5)
    assert stages[-1] == ("Looking at pictures", 3, 3)


def test_the_sample_shows_pictures_only_when_calibrated(sample: Collection) -> None:
    comparison = sample.compare("windmill", k=10)
    assert comparison.image_share["calibrated"] > comparison.image_share["raw"]
    assert {hit.modality for hit in comparison.calibrated} == {Modality.TEXT, Modality.IMAGE}


def test_a_picture_of_the_sample_finds_its_like(sample: Collection) -> None:
    panda = next(item for item in sample.items if item.id.endswith("giant-panda.webp"))
    hits = sample.search(panda, k=10)
    assert panda.id not in {hit.id for hit in hits}
    assert any("panda" in hit.id for hit in hits)
    assert {hit.modality for hit in hits} == {Modality.TEXT, Modality.IMAGE}


def test_a_picture_file_is_a_query_too(sample: Collection) -> None:
    path = asset_path("sample", "corpus", "photos", "giant-panda.webp")
    assert sample.search(path, k=3, method="raw")[0].id == "photos/giant-panda.webp"
    with pytest.raises(ModgapError, match="is not there"):
        sample.search(Path("gone.png"))


def test_the_unpacked_files_of_an_archive_live_as_long_as_the_collection(tmp_path: Path, encoder) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for path in sorted(asset_path("sample", "corpus", "photos").iterdir())[:3]:
            archive.write(path, path.name)
        archive.writestr("a.txt", "Windmills by the sea.")
    collection = Collection.encode(modgap.read_corpus(tmp_path / "a.zip"), encoder)
    assert all(item.path is None or item.path.is_file() for item in collection.items)
    assert collection.report.read == {"text": 1, "image": 3}


def test_the_eight_orientations_of_a_photograph_have_one_vector(tmp_path: Path, encoder) -> None:
    photo = open_picture(asset_path("sample", "corpus", "photos", "giant-panda.webp")).resize((96, 64))
    t = Image.Transpose
    turns = [None, t.FLIP_LEFT_RIGHT, t.ROTATE_180, t.FLIP_TOP_BOTTOM]
    turns += [t.TRANSPOSE, t.ROTATE_90, t.TRANSVERSE, t.ROTATE_270]
    for orientation, turn in enumerate(turns, start=1):
        exif = Image.Exif()
        exif[0x0112] = orientation
        (photo if turn is None else photo.transpose(turn)).save(tmp_path / f"{orientation}.png", exif=exif)
    vectors = Collection.encode(modgap.read_corpus(tmp_path), encoder).vectors
    assert vectors.shape[0] == 8
    assert np.ptp(vectors, axis=0).max() < 1e-5


def test_standardization_beats_raw_on_the_labelled_sample(sample: Collection) -> None:
    asked = modgap.read_queries(asset_path("sample", "queries.jsonl"))
    methods = evaluate(sample, asked, ["raw", "standardized"], learn_from="automatic").methods
    assert methods["standardized"]["all"]["recall@5"] > methods["raw"]["all"]["recall@5"]


def test_the_first_page_shows_both_modalities_where_both_can_answer(sample: Collection) -> None:
    lines = asset_path("sample", "queries.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [row["text"] for row in map(json.loads, lines) if row["target"] == "both"]
    assert len(texts) >= 10
    for text in texts:
        assert {hit.modality for hit in sample.search(text, k=10)} == {Modality.TEXT, Modality.IMAGE}, text


def test_vectors_may_name_modality_and_group_apart(toy) -> None:
    queries, items, _ = toy
    modality, groups = ["text", "text", "image", "image"], ["notes", "rows", "photos", "photos"]
    collection = Collection.from_vectors(["a", "b", "c", "d"], modality, items, groups=groups)
    assert collection.groups == ("notes", "rows", "photos")
    assert collection.modality.tolist() == modality
    assert collection.counts == {"notes": 1, "rows": 1, "photos": 2}
    assert collection.calibrate(queries).modality_by_group() == {"notes": "text", "rows": "text", "photos": "image"}
    with pytest.raises(VectorError, match='beside `groups`; got "sound"'):
        Collection.from_vectors(["a", "b", "c", "d"], [*modality[:3], "sound"], items, groups=groups)
