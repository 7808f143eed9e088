"""Distribution Normalization: half of each mean is subtracted and nothing normalised again, by hand."""

import numpy as np
import pytest

from modgap.methods import DistributionNormalization

QUERIES = np.asarray([[1, 0], [0.6, 0.8]], dtype=np.float32)  # mean (.8, .4)
ITEMS = np.asarray([[1, 0], [0, 1], [0.6, 0.8], [-0.6, 0.8]], dtype=np.float32)
MODALITY = np.asarray(["text", "text", "image", "image"])  # means (.5, .5) and (0, .8)
THREE = np.concatenate([ITEMS, [[0.8, 0.6], [1, 0]]]).astype(np.float32)  # the mean of the tables is (.9, .3)
GROUPS = np.asarray([*MODALITY, "table", "table"])


def test_distribution_normalization_by_hand() -> None:
    method = DistributionNormalization().fit(QUERIES, ITEMS, MODALITY)
    # queries less (.4, .2): (.6, -.2); items less (.25, .25) or (0, .4): (.75, -.25), (-.25, .75), (.6, .4), (-.6, .4)
    assert method.score(QUERIES[:1], ITEMS, MODALITY)[0] == pytest.approx([0.5, -0.3, 0.28, -0.44], abs=1e-6)


def test_a_third_group_loses_half_of_its_own_mean() -> None:
    method = DistributionNormalization().fit(QUERIES, THREE, GROUPS)
    # the query (.6, -.2); tables less (.45, .15): (.35, .45), (.55, -.15)
    assert method.score(QUERIES[:1], THREE, GROUPS)[0] == pytest.approx([0.5, -0.3, 0.28, -0.44, 0.12, 0.36], abs=1e-6)


def test_the_share_that_is_subtracted_is_a_parameter() -> None:
    assert DistributionNormalization(lambda_=0.25).fit(QUERIES, ITEMS, MODALITY).query_shift() == pytest.approx(
        [0.2, 0.1]
    )
