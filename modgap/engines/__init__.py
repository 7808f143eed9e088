"""Engines: they find the k best items of a group. `base.py` is the protocol, each other file an implementation."""

from modgap.engines.base import Engine, TopK, top_k_by_group
from modgap.engines.exact import ExactEngine

__all__ = ["Engine", "ExactEngine", "TopK", "top_k_by_group"]
