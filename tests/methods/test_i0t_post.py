"""Centring at the mean of each group: by hand, for queries of both modalities and for three groups."""

import numpy as np
import pytest

from modgap.methods import I0TPost

QUERIES = np.asarray([[1, 0], [0.6, 0.8]], dtype=np.float32)  # mean (.8, .4)
ITEMS = np.asarray([[1, 0], [0, 1], [0.6, 0.8], [-0.6, 0.8]], dtype=np.float32)
MODALITY = np.asarray(["text", "text", "image", "image"])  # means (.5, .5) and (0, .8)
THREE = np.concatenate([ITEMS, [[0.8, 0.6], [1, 0]]]).astype(np.float32)  # the mean of the tables is (.9, .3)
GROUPS = np.asarray([*MODALITY, "table", "table"])
HALF = np.sqrt(0.5)


def test_i0t_post_by_hand() -> None:
    method = I0TPost().fit(QUERIES, ITEMS, MODALITY)
    # (.5, -.5), (-.5, .5), (.6, 0), (-.6, 0), each to length 1
    assert method.move_items(ITEMS, MODALITY) == pytest.approx(
        np.asarray([[HALF, -HALF], [-HALF, HALF], [1, 0], [-1, 0]]), abs=1e-6
    )
    # words are centred as passages are: (.5, -.5) and (.1, .3)
    assert method.move_queries(QUERIES) == pytest.approx(
        np.asarray([[HALF, -HALF], [np.sqrt(0.1), np.sqrt(0.9)]]), abs=1e-6
    )


def test_i0t_post_centres_picture_queries_as_pictures() -> None:
    method = I0TPost().fit(QUERIES, ITEMS, MODALITY, query_modality="image")
    assert method.query_shift() == pytest.approx([0, 0.8])


def test_three_groups_are_centred_apart_and_words_by_the_mean_of_all_texts() -> None:
    method = I0TPost().fit(QUERIES, THREE, GROUPS)
    # tables (-.1, .3) and (.1, -.3)
    long = np.sqrt(0.1)
    expected = [[HALF, -HALF], [-HALF, HALF], [1, 0], [-1, 0], [-0.1 / long, 0.3 / long], [0.1 / long, -0.3 / long]]
    assert method.move_items(THREE, GROUPS) == pytest.approx(np.asarray(expected), abs=1e-6)
    assert method.query_shift() == pytest.approx([0.7, 0.4])  # of texts and tables


def test_the_items_alone_are_enough() -> None:
    from modgap.engines.exact import ExactEngine

    fitted, alone = I0TPost().fit(QUERIES, ITEMS, MODALITY), I0TPost.from_items(ExactEngine(ITEMS, MODALITY))
    assert alone.move_items(ITEMS, MODALITY).tolist() == fitted.move_items(ITEMS, MODALITY).tolist()
    assert alone.move_queries(QUERIES).tolist() == fitted.move_queries(QUERIES).tolist()
