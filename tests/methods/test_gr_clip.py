"""GR-CLIP: a mean each for queries and for every group of items, by hand."""

import numpy as np
import pytest

from modgap import Collection
from modgap.methods import GRCLIP

QUERIES = np.asarray([[1, 0], [0.6, 0.8]], dtype=np.float32)  # mean (.8, .4)
ITEMS = np.asarray([[1, 0], [0, 1], [0.6, 0.8], [-0.6, 0.8]], dtype=np.float32)
MODALITY = np.asarray(["text", "text", "image", "image"])  # means (.5, .5) and (0, .8)
THREE = np.concatenate([ITEMS, [[0.8, 0.6], [1, 0]]]).astype(np.float32)  # the mean of the tables is (.9, .3)
GROUPS = np.asarray([*MODALITY, "table", "table"])


def test_gr_clip_by_hand() -> None:
    method = GRCLIP().fit(QUERIES, ITEMS, MODALITY)
    # (.2, -.4) and (-.2, .4)
    expected = np.asarray([[1, -2], [-1, 2]]) / np.sqrt(5)
    assert method.move_queries(QUERIES) == pytest.approx(expected, abs=1e-6)
    assert method.item_shift("text") == pytest.approx([0.5, 0.5])
    assert method.item_shift("image") == pytest.approx([0, 0.8])


def test_a_third_group_has_a_mean_of_its_own() -> None:
    method = GRCLIP().fit(QUERIES, THREE, GROUPS)
    assert method.item_shift("table") == pytest.approx([0.9, 0.3])
    assert method.item_shift("text") == pytest.approx([0.5, 0.5])
    assert method.query_shift() == pytest.approx([0.8, 0.4])


def test_query_pictures_are_centred_by_their_own_mean_also_from_a_file() -> None:
    more = np.concatenate([ITEMS, [[0.28, 0.96]]])  # a third picture, so that each has two others to choose from
    corpus = Collection.from_vectors([str(row) for row in range(5)], [*MODALITY, "image"], more)
    corpus.calibrate(QUERIES)
    shifts = {}
    for modality in ("text", "image"):
        shifts[modality] = GRCLIP()
        shifts[modality].restore(corpus.calibration_in_use().fitted_state(modality))
    assert shifts["text"].query_shift() == pytest.approx([0.8, 0.4])
    assert shifts["image"].query_shift() == pytest.approx([0.28 / 3, 2.56 / 3]), "the corpus's own pictures asked"
