"""CORAL: the covariance of the texts becomes that of the pictures."""

import numpy as np
import pytest

from modgap.methods import CORAL
from modgap.vectors import unit_vectors


def test_by_hand() -> None:
    # texts vary along (1, -2), pictures along (1, 0); shrunk, by half here, both have full rank
    items = np.asarray([[1, 0], [0.6, 0.8], [0.6, 0.8], [-0.6, 0.8]], dtype=np.float32)
    method = CORAL(shrink=0.5).fit(np.eye(2), items, ["text", "text", "image", "image"])
    along, across = np.asarray([1, -2]) / np.sqrt(5), np.asarray([2, 1]) / np.sqrt(5)
    # eigenvalues: texts .2 -> .15 and .05; pictures .36 -> .27 and .09
    whitened = 0.15**-0.5 * np.outer(along, along) + 0.05**-0.5 * np.outer(across, across)
    expected = (np.asarray([0.2, -0.4]) @ whitened) * np.sqrt([0.27, 0.09])
    moved = method.move_items(items[:1], np.asarray(["text"]))
    assert moved[0] == pytest.approx(expected / np.linalg.norm(expected), abs=1e-5)


def test_the_covariance_before_normalising_is_the_pictures() -> None:
    rng = np.random.default_rng(1)
    texts = unit_vectors(rng.normal(size=(400, 4)) * [1, 2, 3, 4]).astype(np.float64)
    pictures = unit_vectors(rng.normal(size=(400, 4)) * [4, 1, 2, 1]).astype(np.float64)
    method = CORAL(shrink=0.0)
    matrix = method._root(texts, -0.5) @ method._root(pictures, 0.5)
    assert np.cov((texts @ matrix).T, bias=True) == pytest.approx(np.cov(pictures.T, bias=True), abs=1e-8)
