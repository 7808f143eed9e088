"""Half precision where the processor computes it: without its own instructions, bfloat16 is slower than float32."""

from __future__ import annotations

import functools

import torch


@functools.cache
def has_bfloat16() -> bool:
    """Whether this CPU multiplies bfloat16 numbers by instructions of its own (AVX-512 BF16 or AMX)."""
    can = torch.cpu.get_capabilities()
    return bool(can.get("avx512_bf16") or can.get("amx_bf16"))


def reduced(wanted: bool = True) -> torch.autocast:
    """A context in which products are computed in bfloat16, if `wanted` and if the CPU has it."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=wanted and has_bfloat16())
