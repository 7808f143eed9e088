"""The scoring methods, one a file, found by name."""

from __future__ import annotations

from modgap.errors import ModgapError
from modgap.methods.base import Method
from modgap.methods.raw import Raw
from modgap.methods.standardized import OracleStandardizer, SimilarityStandardizer

METHODS: dict[str, type[Method]] = {m.name: m for m in (Raw, SimilarityStandardizer, OracleStandardizer)}


def method_by_name(name: str) -> Method:
    """A fresh, unfitted method.

    Raises ModgapError for an unknown name, listing the known ones.

    >>> method_by_name("raw").title
    'Raw cosine'
    """
    if name not in METHODS:
        raise ModgapError(f'There is no method "{name}". Known: {", ".join(METHODS)}.')
    return METHODS[name]()


__all__ = ["METHODS", "Method", "OracleStandardizer", "Raw", "SimilarityStandardizer", "method_by_name"]
