"""Automatic calibration queries of words and a picture together: each text query with the picture that fits it best.

A person who adds words to a picture means something near it, so a query's own pseudo-positive picture stands for
theirs. It and what makes one item with it is then not compared with the query.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from modgap.calibration.merge import QuerySource
from modgap.calibration.queries import CalibrationQueries, own_rows
from modgap.corpus.item_columns import rows_of_modality
from modgap.engines.base import Engine
from modgap.engines.exclusions import excluded_ranges
from modgap.errors import CalibrationError
from modgap.items import Item, Modality
from modgap.vectors import unit_vectors

BOTH = "both"  # the query modality of words and a picture together


def pair_queries(items: Sequence[Item], engine: Engine, words: CalibrationQueries) -> CalibrationQueries:
    """Pairs of text queries and their best pictures, averaged: (n, d) unit rows.

    Raises CalibrationError for a corpus without pictures.
    """
    groups = [group for group, modality in engine.group_modality.items() if modality == Modality.IMAGE.value]
    if not groups or not rows_of_modality(items, Modality.IMAGE):
        raise CalibrationError("The corpus has no pictures to make queries of words and a picture of.")
    found = [engine.top_k(words.vectors, 1, group, exclude=words.exclude) for group in groups]
    scores = np.concatenate([each.scores for each in found], axis=1)
    rows = np.concatenate([each.rows for each in found], axis=1)
    best = np.take_along_axis(rows, scores.argmax(axis=1)[:, None], axis=1)[:, 0]
    kept = np.flatnonzero(np.isfinite(scores.max(axis=1)))
    pictures = best[kept]
    vectors = unit_vectors(words.vectors[kept] + engine.vectors_of(pictures))
    siblings = own_rows(items, pictures.tolist())
    excluded = [excluded_ranges(words.exclude[kept]), excluded_ranges(pictures)]
    excluded += [siblings] if siblings is not None else []
    origin = QuerySource("automatic", kept.size, f"{kept.size} text queries, each with the picture that fits it best")
    return CalibrationQueries(vectors, pictures, origin, np.concatenate(excluded, axis=1))
