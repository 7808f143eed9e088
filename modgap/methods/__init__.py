"""The scoring methods, one a file, found by name; `a+b` stacks them. Packages may add some (`io/plugins.py`)."""

from __future__ import annotations

from collections.abc import Callable

from modgap.errors import ModgapError
from modgap.io import plugins
from modgap.methods.base import FitData, FittedState, Method
from modgap.methods.calibrated import Calibrated
from modgap.methods.coral import CORAL
from modgap.methods.dbsf import DBSF
from modgap.methods.dn import DistributionNormalization
from modgap.methods.gr_clip import GRCLIP
from modgap.methods.i0t import Normalisers
from modgap.methods.i0t_async import I0TAsync
from modgap.methods.i0t_post import I0TPost
from modgap.methods.inverted_softmax import InvertedSoftmax
from modgap.methods.mind_the_gap import MindTheGap
from modgap.methods.minmax import MinMax
from modgap.methods.nnn import NearestNeighborNormalization
from modgap.methods.per_query_z import PerQueryZ
from modgap.methods.qb_norm import QBNorm
from modgap.methods.raw import Raw
from modgap.methods.realign import ReAlign
from modgap.methods.relative_score import RelativeScore
from modgap.methods.rrf import RRF
from modgap.methods.sinkhorn import Sinkhorn
from modgap.methods.stack import Stack
from modgap.methods.standardized import OracleStandardizer, SimilarityStandardizer

SHIPPED: dict[str, Callable[[], Method]] = {
    "raw": Raw,
    "standardized": SimilarityStandardizer,
    "calibrated": Calibrated,
    "oracle": OracleStandardizer,
    "i0t_post": I0TPost,
    "i0t_post+standardized": lambda: Stack([I0TPost(), SimilarityStandardizer()]),
    "i0t_async": I0TAsync,
    "i0t_async+standardized": lambda: Stack([I0TAsync(), SimilarityStandardizer()]),
    "minmax": MinMax,
    "relative_score": RelativeScore,
    "per_query_z": PerQueryZ,
    "dbsf": DBSF,
    "rrf": RRF,
    "mind_the_gap": MindTheGap,
    "gr_clip": GRCLIP,
    "dn": DistributionNormalization,
    "realign": ReAlign,
    "coral": CORAL,
    "nnn": NearestNeighborNormalization,
    "inverted_softmax": InvertedSoftmax,
    "qb_norm": QBNorm,
    "sinkhorn": Sinkhorn,
}
"""A factory of a fresh, unfitted method for each name that ships, in the order of reports; add to it to add one."""

METHODS: plugins.Registry[Callable[[], Method]] = plugins.Registry(plugins.METHODS, SHIPPED)
"""All that are known here: those that ship, the plugins of `modgap.methods`, and what `METHODS[name] = Own` adds."""


DEFAULT_METHOD = "calibrated"
"""What search ranks by where nobody chooses; `findings/default_method.py` has the numbers behind the choice."""


def method_by_name(name: str, normalisers: Normalisers | None = None) -> Method:
    """A fresh, unfitted method with the defaults of its paper; "a+b" stacks any that can be stacked.

    normalisers: what I0T_async takes in place of training its own.
    Raises ModgapError for an unknown name, listing the known ones, and for a stack that cannot be.

    >>> method_by_name("raw").title
    'Raw cosine'
    >>> method_by_name("gr_clip+standardized").needs
    'vectors'
    """
    parts = name.split("+")
    if all(part in METHODS for part in parts):
        made = [I0TAsync(normalisers) if part == I0TAsync.name else METHODS[part]() for part in parts]
        return made[0] if len(made) == 1 else Stack(made)
    raise ModgapError(f'There is no method "{name}". Known: {", ".join(METHODS)}; a+b stacks two.')


__all__ = [
    "CORAL",
    "DBSF",
    "DEFAULT_METHOD",
    "GRCLIP",
    "METHODS",
    "RRF",
    "SHIPPED",
    "Calibrated",
    "DistributionNormalization",
    "FitData",
    "FittedState",
    "I0TAsync",
    "I0TPost",
    "InvertedSoftmax",
    "Method",
    "MinMax",
    "MindTheGap",
    "NearestNeighborNormalization",
    "OracleStandardizer",
    "PerQueryZ",
    "QBNorm",
    "Raw",
    "ReAlign",
    "RelativeScore",
    "SimilarityStandardizer",
    "Sinkhorn",
    "Stack",
    "method_by_name",
]
