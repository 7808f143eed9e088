"""Which processor multiplies: the one place that asks for CUDA on behalf of the statistics."""

from __future__ import annotations

_WORTH_A_GPU = 2e9  # multiply-adds; below this the CPU is done before PyTorch and CUDA have started


def best_device(n_queries: int, n_items: int, dimension: int) -> str:
    """ "cuda" where there is a CUDA device and n_queries x n_items x dimension products are worth it, else "cpu".

    PyTorch is only loaded, to look for the device, when the work is large enough.

    >>> best_device(10, 100, 512)
    'cpu'
    """
    if n_queries * n_items * dimension < _WORTH_A_GPU:
        return "cpu"
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"
