"""Share of a group and Recall over k."""

import numpy as np
import pytest

from modgap import plots
from modgap.errors import ModgapError
from modgap.plots.share_and_recall import spread

KS = [1, 5, 10]


def test_labels_keep_their_distance_and_their_order() -> None:
    heights = {name: 0.5 + i / 1000 for i, name in enumerate("abcdefghij")}
    placed = spread(heights, gap=0.06)
    assert sorted(placed, key=placed.__getitem__) == list("abcdefghij")
    assert np.diff(sorted(placed.values())).min() == pytest.approx(0.06, abs=1e-5)
    assert max(spread(dict.fromkeys("abc", 1.0), gap=0.06).values()) <= 1.0


def test_curves_of_another_length_are_refused() -> None:
    with pytest.raises(ModgapError, match='"raw" has 2 values for 3 places'):
        plots.share_and_recall_figure(KS, {"raw": [0, 1]}, {}, pool_share=0.5)


def test_the_share_may_be_of_any_group(words) -> None:
    curves = {"raw": [0.0, 0.1, 0.2]}
    assert "Pictures among the first k" in words(plots.share_and_recall_figure(KS, curves, curves, pool_share=0.5))
    figure = plots.share_and_recall_figure(KS, curves, curves, pool_share=0.1, share_of="licences")
    assert 'Items of "licences" among the first k' in words(figure)
