"""Which processor multiplies: the one place that asks for CUDA on behalf of the statistics."""

from __future__ import annotations

import ctypes
import sys
from importlib.util import find_spec

_WORTH_A_GPU = 2e9  # multiply-adds; below this the CPU is done before CUDA has started
_DRIVERS = ("libcuda.so.1", "nvcuda.dll")


def best_device(n_queries: int, n_items: int, dimension: int) -> str:
    """ "cuda" where there is a CUDA device and n_queries x n_items x dimension products are worth it, else "cpu".

    >>> best_device(10, 100, 512)
    'cpu'
    """
    if n_queries * n_items * dimension < _WORTH_A_GPU:
        return "cpu"
    if "torch" not in sys.modules and not _has_driver():
        return "cpu"  # loading PyTorch takes seconds and 450 MB, only to hear that there is no GPU
    if find_spec("torch") is None:
        return "cpu"
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def _has_driver() -> bool:
    for name in _DRIVERS:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False
