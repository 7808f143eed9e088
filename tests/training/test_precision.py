"""Half precision is used only where the processor has instructions for it."""

from __future__ import annotations

import pytest
import torch

from training import precision


@pytest.mark.parametrize(
    ("can", "dtype"),
    [
        ({"avx512_bf16": True, "amx_bf16": False}, torch.bfloat16),
        ({"avx512_bf16": False, "amx_bf16": True}, torch.bfloat16),
        ({"avx2": True}, torch.float32),
    ],
)
def test_products_are_in_bfloat16_where_the_processor_has_it(can, dtype, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: can)
    precision.has_bfloat16.cache_clear()
    try:
        with precision.reduced():
            assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == dtype
        with precision.reduced(wanted=False):
            assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.float32
    finally:
        precision.has_bfloat16.cache_clear()
