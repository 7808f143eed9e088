"""ReAlign: trace and centroid by hand."""

import numpy as np
import pytest

from modgap.methods import ReAlign

# texts around (.8, .4), pictures around (0, .8), both of the variances (.04, .16) and (.36, 0)
ITEMS = np.asarray([[1, 0], [0.6, 0.8], [0.6, 0.8], [-0.6, 0.8]], dtype=np.float32)
MODALITY = np.asarray(["text", "text", "image", "image"])
QUERIES = np.asarray([[1, 0], [0, 1]], dtype=np.float32)


def test_by_hand() -> None:
    scale = np.sqrt(0.36 / 0.2)
    first = np.asarray([[0, 0.8]]) + scale * np.asarray([[0.2, -0.4], [-0.2, 0.4]])
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = first - first.mean(axis=0) + [0, 0.8]
    second /= np.linalg.norm(second, axis=1, keepdims=True)
    method = ReAlign().fit(QUERIES, ITEMS, MODALITY)
    assert method.move_items(ITEMS[:2], MODALITY[:2]) == pytest.approx(second, abs=1e-6)


def test_pictures_stay() -> None:
    method = ReAlign().fit(QUERIES, ITEMS, MODALITY)
    assert method.move_items(ITEMS[2:], MODALITY[2:]).tolist() == ITEMS[2:].tolist()
