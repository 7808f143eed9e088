"""QB-Norm: only queries whose best raw item some query of the bank has, too, are scored otherwise; by hand."""

import numpy as np
import pytest

from modgap.methods import InvertedSoftmax, QBNorm

ITEMS = np.asarray([[1, 0], [0.6, 0.8], [0, 1]], dtype=np.float32)
MODALITY = np.asarray(["text", "text", "image"])
BANK = np.asarray([[1, 0], [0.96, 0.28]], dtype=np.float32)  # the first item is the best of both


def test_by_hand() -> None:
    method = QBNorm(tau=0.1).fit(BANK, ITEMS, MODALITY)
    assert method.activated_.tolist() == [0]
    queries = np.asarray([[0.8, -0.6], [0, 1]], dtype=np.float32)  # the best items are the first, and the last
    bias = InvertedSoftmax(tau=0.1).fit(BANK, ITEMS, MODALITY).bias(ITEMS)
    found = method.score(queries, ITEMS, MODALITY)
    assert found[0] == pytest.approx(queries[0] @ ITEMS.T - bias, abs=1e-6)
    assert found[1] == pytest.approx([0, 0.8, 1], abs=1e-6)


def test_a_query_of_the_bank_does_not_activate_the_item_that_it_was_made_of() -> None:
    method = QBNorm().fit(BANK, ITEMS, MODALITY, exclude=np.asarray([0, 0]))
    assert method.activated_.tolist() == [1]
