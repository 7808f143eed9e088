"""A ranking is four arrays of one length."""

from __future__ import annotations

import numpy as np

from modgap.search.ranking import Ranking


def test_a_ranking_names_rows_and_what_they_were_ranked_by():
    ranking = Ranking(
        np.asarray([2.0, 1.0]), np.asarray([7, 3]), np.asarray(["image", "text"]), np.zeros(2, np.float32)
    )
    assert ranking.rows.tolist() == [7, 3]
    assert ranking.values.shape == ranking.groups.shape == ranking.scores.shape
