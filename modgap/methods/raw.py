"""Raw cosine: the baseline that every other method is measured against."""

from modgap.methods.base import Method


class Raw(Method):
    """score(q, d) = cos(q, d), with one scale for all groups alike."""

    name = "raw"
    title = "Raw cosine"
    formula = "s = cos(q, d)"
    source = "-"
