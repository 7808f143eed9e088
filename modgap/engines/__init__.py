"""Engines: whatever can name the k best items of a group. `base.py` says what they answer, a file each how."""

from modgap.engines.base import Engine, TopK, top_k_by_group
from modgap.engines.exact import ExactEngine

__all__ = ["Engine", "ExactEngine", "TopK", "top_k_by_group"]
