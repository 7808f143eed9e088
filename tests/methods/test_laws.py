"""What every method in the registry promises, over random vectors of two groups and of three."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modgap.errors import ModgapError, VectorError
from modgap.methods import METHODS, method_by_name
from modgap.methods.bank_bias import BankBias
from modgap.methods.i0t import Normaliser, Normalisers
from modgap.vectors import unit_vectors

seeds = st.integers(0, 2**32 - 1)
SCORE_METHODS = [name for name in METHODS if method_by_name(name).keeps_order and name != "raw"]


TWO, THREE = ("text", "image"), ("text", "image", "table")
groups_of_a_corpus = pytest.mark.parametrize("groups", [TWO, THREE], ids=["two groups", "three groups"])


def case(seed: int, groups: tuple[str, ...] = TWO, n_queries: int = 6, n_items: int = 14):
    rng = np.random.default_rng(seed)
    shift = np.zeros(8)
    shift[0] = 3
    modality = np.asarray(groups)[np.arange(n_items) % len(groups)]
    items = rng.normal(size=(n_items, 8)) + np.where(modality == "image", 1, -1)[:, None] * shift
    positives = [[int(row)] for row in rng.permutation(n_items)[:n_queries]]
    n = len(groups)
    positives[0], positives[1] = list(range(n)), list(range(n, 2 * n))  # each group has two at least
    return unit_vectors(rng.normal(size=(n_queries, 8)) - shift), unit_vectors(items), modality, positives


def normalisers() -> Normalisers:
    """Any: what every method promises, I0T_async promises with whatever was trained."""
    rng = np.random.default_rng(1)
    parts = [Normaliser(*rng.uniform(0.5, 2, (4, 8)).astype(np.float32)) for _ in range(2)]
    return Normalisers(*parts)


def fitted(name: str, queries, items, modality, positives):
    method = method_by_name(name, normalisers())
    return method.fit(queries, items, modality, positives=positives if method.needs_labels else None)


@groups_of_a_corpus
@pytest.mark.parametrize("name", list(METHODS))
@given(seed=seeds)
def test_the_order_inside_a_group_stays_where_it_is_promised(name: str, groups: tuple[str, ...], seed: int) -> None:
    queries, items, modality, positives = case(seed, groups)
    method = fitted(name, queries, items, modality, positives)
    if method.keeps_order:
        scores, cosines = method.score(queries, items, modality), queries @ items.T
        for kind in groups:
            by_cosine = np.take_along_axis(
                scores[:, modality == kind], np.argsort(cosines[:, modality == kind], axis=1), axis=1
            )
            assert (np.diff(by_cosine, axis=1) >= 0).all()


@groups_of_a_corpus
@pytest.mark.parametrize("name", list(METHODS))
@given(seed=seeds)
def test_a_transform_never_changes_the_order_of_what_it_is_given(name: str, groups: tuple[str, ...], seed: int) -> None:
    queries, items, modality, positives = case(seed, groups)
    method = fitted(name, queries, items, modality, positives)
    products = (method.move_queries(queries) @ method.move_items(items, modality).T).astype(np.float32)
    scores = method.transform(products, modality)
    for kind in groups:
        order = np.argsort(products[:, modality == kind], axis=1)
        assert (np.diff(np.take_along_axis(scores[:, modality == kind], order, axis=1), axis=1) >= 0).all()


@groups_of_a_corpus
@pytest.mark.parametrize("name", list(METHODS))
@given(seed=seeds)
def test_the_order_of_items_and_calibration_queries_does_not_matter(
    name: str, groups: tuple[str, ...], seed: int
) -> None:
    queries, items, modality, positives = case(seed, groups)
    rng = np.random.default_rng(seed)
    i, q = rng.permutation(len(items)), rng.permutation(len(queries))
    place = np.argsort(i)
    straight = fitted(name, queries, items, modality, positives).score(queries, items, modality)
    shuffled_positives = [[int(place[row]) for row in positives[query]] for query in q]
    shuffled = fitted(name, queries[q], items[i], modality[i], shuffled_positives)
    tolerance = 1e-3 * max(1.0, float(np.abs(straight).max()))
    assert shuffled.score(queries, items[i], modality[i]) == pytest.approx(straight[:, i], abs=tolerance)


@groups_of_a_corpus
@pytest.mark.parametrize("name", SCORE_METHODS)
@given(seed=seeds, a=st.floats(0.2, 5), b=st.floats(-1, 1))
def test_an_affine_change_of_one_group_does_not_show(
    name: str, groups: tuple[str, ...], seed: int, a: float, b: float
) -> None:
    rng = np.random.default_rng(seed)
    modality = np.asarray(groups)[np.arange(12) % len(groups)]
    scores = rng.uniform(-1, 1, size=(7, 12))
    changed = np.where(modality == groups[-1], a * scores + b, scores)

    def result(s: np.ndarray) -> np.ndarray:
        method = method_by_name(name)
        if method.needs_fit:  # those that learn from scores
            best = {m: s[:, modality == m].max(axis=1) for m in groups}
            method.fit_scores(best)
        return method.transform(s, modality)

    expected = result(scores)
    assert result(changed) == pytest.approx(expected, rel=5e-3, abs=5e-3 * max(1.0, float(np.abs(expected).max())))


def reference(name: str, q: np.ndarray, d: np.ndarray, modality: np.ndarray) -> np.ndarray:
    """The formulas once more, in float64 and without blocks."""
    image = modality == "image"
    mean_text, mean_image = d[~image].mean(axis=0), d[image].mean(axis=0)  # a third group is of texts too
    members = [modality == group for group in dict.fromkeys(modality.tolist())]
    of_item = sum(inside[:, None] * d[inside].mean(axis=0) for inside in members)

    def norm(x: np.ndarray) -> np.ndarray:
        return x / np.linalg.norm(x, axis=1, keepdims=True)

    def by_best(s: np.ndarray, of) -> np.ndarray:
        values = [of(s[:, inside].max(axis=1)) for inside in members]
        low, span = (sum(inside * value[i] for inside, value in zip(members, values, strict=True)) for i in (0, 1))
        return (s - low) / span

    cosines = q @ d.T
    gap = 0.375 * (mean_image - mean_text) / np.linalg.norm(mean_image - mean_text)
    centred = norm(q - mean_text) @ norm(d - of_item).T
    return {
        "raw": lambda: cosines,
        "standardized": lambda: by_best(cosines, lambda best: (best.mean(), best.std())),
        "minmax": lambda: by_best(cosines, lambda best: (best.min(), np.ptp(best))),
        "i0t_post": lambda: centred,
        "i0t_post+standardized": lambda: by_best(centred, lambda best: (best.mean(), best.std())),
        "mind_the_gap": lambda: norm(q + gap) @ norm(np.where(image[:, None], d - gap, d + gap)).T,
        "gr_clip": lambda: norm(q - q.mean(axis=0)) @ norm(d - of_item).T,
        "dn": lambda: (q - 0.5 * q.mean(axis=0)) @ (d - 0.5 * of_item).T,
        "nnn": lambda: cosines - 0.75 * cosines.mean(axis=0),
        "inverted_softmax": lambda: cosines - 0.05 * np.log(np.exp(cosines / 0.05).mean(axis=0)),
    }[name]()


REFERENCED = (
    "raw",
    "standardized",
    "minmax",
    "i0t_post",
    "i0t_post+standardized",
    "mind_the_gap",
    "gr_clip",
    "dn",
    "nnn",
)


@groups_of_a_corpus
@pytest.mark.parametrize("name", [*REFERENCED, "inverted_softmax"])
@given(seed=seeds)
def test_float32_stays_near_float64(name: str, groups: tuple[str, ...], seed: int) -> None:
    queries, items, modality, positives = case(seed, groups)
    q, d = (v.astype(np.float64) for v in (queries, items))
    expected = reference(name, q, d, modality)
    result = fitted(name, queries, items, modality, positives).score(queries, items, modality)
    # cosines are rounded at 1e-7; a deviation or a range divides that and, rounded itself, multiplies it by the score
    assert np.abs(result - expected).max() <= 1e-5 * max(1.0, float(np.square(expected).max()))


@pytest.mark.parametrize("name", [name for name in METHODS if method_by_name(name).needs_fit])
@pytest.mark.parametrize(
    ("broken", "message"), [(np.zeros((2, 8)), "all zeros"), (np.full((2, 8), np.nan), "not finite")]
)
def test_vectors_that_are_none_are_refused(name: str, broken: np.ndarray, message: str) -> None:
    queries, items, modality, positives = case(0)
    with pytest.raises(VectorError, match=message):
        fitted(name, np.concatenate([queries[:4], broken]), items, modality, positives)
    with pytest.raises(VectorError, match=message):
        fitted(name, queries, np.concatenate([items[:12], broken]), modality, positives)


@pytest.mark.parametrize("name", list(METHODS))
def test_each_says_what_it_is(name: str) -> None:
    method = method_by_name(name)
    assert method.name == name
    assert method.title
    assert method.needs_fit == (method.needs != "nothing")
    assert method.keeps_order or method.changes == "vectors" or isinstance(method, BankBias)
    assert method.formula
    assert method.source
    assert method.cost


def test_the_registry_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(METHODS, "mine", METHODS["raw"])
    assert method_by_name("i0t_post+mine").needs == "vectors"
    with pytest.raises(ModgapError, match="mine"):
        method_by_name("magic")


@pytest.mark.parametrize("name", list(METHODS))
def test_only_methods_that_change_nothing_rank_by_the_cosine_and_only_standardized_ones_by_z(name: str) -> None:
    method = method_by_name(name)
    assert (method.value_name == "cosine") is (method.changes == "nothing")
    assert (method.value_name == "z") is (name in ("standardized", "oracle"))
