"""Learning a calibration from the vectors of a corpus and its calibration queries."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from modgap.calibration.no_good_match import Evidence, meaningless
from modgap.calibration.queries import CalibrationQueries, meets_no_copies, query_bank
from modgap.calibration.score_statistics import ScoreStatistics
from modgap.encoders import Encoder
from modgap.engines.devices import best_device
from modgap.engines.exact import PseudoPositives, pseudo_positives
from modgap.errors import CalibrationError
from modgap.items import Modality
from modgap.methods import I0TAsync
from modgap.methods.centroids import mean_vector
from modgap.methods.i0t import Normalisers
from modgap.methods.standardized import mean_of_best
from modgap.progress import Progress, silent
from modgap.vectors import Vectors

Pairs = dict[Modality, PseudoPositives]
_EVERY_OTHER = 2  # of the bank: 160 meaningless queries are enough for a percentile


def pseudo_pairs(
    vectors: Vectors,
    modality: NDArray[np.str_],
    asked: CalibrationQueries,
    query_modality: Modality,
    *,
    k: int = 1,
    progress: Progress = silent,
) -> Pairs:
    """The k pseudo-positives of each query by item modality, on the GPU where there is one.

    vectors: (n, d) unit rows of the corpus; modality: (n,). Raises CalibrationError for a corpus of one modality.
    """
    require_both_modalities(modality)
    return pseudo_positives(
        asked.vectors,
        vectors,
        modality,
        k=k,
        exclude=asked.exclude,
        exclude_same=meets_no_copies(query_modality, asked),
        device=best_device(asked.vectors.shape[0], *vectors.shape),
        progress=progress,
    )


def best_scores(pairs: Pairs, *, k: int = 1) -> dict[str, NDArray[np.float32]]:
    """The pseudo-positive scores (n_queries,) by item modality."""
    return {m.value: mean_of_best(best, m, k=k) for m, best in pairs.items()}


def score_statistics(pairs: Pairs, *, k: int = 1, ddof: int = 0) -> dict[str, ScoreStatistics]:
    """Their statistics by item modality."""
    return {m: ScoreStatistics.of(s, Modality(m), ddof=ddof) for m, s in best_scores(pairs, k=k).items()}


def normalised_statistics(
    normalisers: Normalisers,
    vectors: Vectors,
    modality: NDArray[np.str_],
    sets: dict[Modality, CalibrationQueries],
    *,
    k: int = 1,
    ddof: int = 0,
    progress: Progress = silent,
) -> dict[str, dict[str, ScoreStatistics]]:
    """Statistics by query and item modality after I0T_async has normalised queries and items; without their scores."""
    items, found = I0TAsync(normalisers).move_items(vectors, modality), {}
    for query_modality, asked in sets.items():
        moved = replace(asked, vectors=normalisers.of(query_modality)(asked.vectors))
        pairs = pseudo_pairs(items, modality, moved, query_modality, k=k, progress=progress)
        statistics = score_statistics(pairs, k=k, ddof=ddof)
        found[query_modality.value] = {m: replace(each, scores=None) for m, each in statistics.items()}
    return found


def mean_vectors(
    vectors: Vectors, modality: NDArray[np.str_], sets: dict[Modality, CalibrationQueries]
) -> dict[str, Vectors]:
    """Means (d,) of the items, "text" and "image", and of the calibration queries, "query.text" and "query.image"."""
    return {
        **{m.value: mean_vector(vectors, modality == m.value) for m in Modality},
        **{f"query.{m.value}": mean_vector(asked.vectors) for m, asked in sets.items()},
    }


def learn_evidence(
    vectors: Vectors,
    modality: NDArray[np.str_],
    asked: CalibrationQueries,
    pairs: Pairs,
    means: dict[str, Vectors],
    encoder: Encoder,
) -> Evidence:
    """What tells word queries that match nothing: the bank's queries with their letters shuffled are such."""
    nonsense = encoder.encode_texts(meaningless(query_bank()[::_EVERY_OTHER]))
    found = pseudo_positives(nonsense, vectors, modality)

    def best(each: Pairs) -> dict[str, Vectors]:
        return {m.value: vectors[of.rows[:, 0]] for m, of in each.items()}

    return Evidence.learn(asked.vectors, best(pairs), nonsense, best(found), means)


def require_both_modalities(modality: NDArray[np.str_]) -> None:
    """Raise CalibrationError for a corpus without pictures or without passages."""
    counts = {m: int((modality == m.value).sum()) for m in Modality}
    absent = min(Modality, key=lambda m: counts[m])
    if counts[absent] == 0:
        present = max(Modality, key=lambda m: counts[m])
        raise CalibrationError(
            f"The corpus has no {absent.plural}, only {present.plural} ({counts[present]}), so there is no gap to "
            f"close: add {absent.plural}, or search by raw cosine."
        )
