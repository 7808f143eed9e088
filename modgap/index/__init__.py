"""Exact top-k of each modality, and the merge of two ranked lists into one."""

from modgap.index.merge import ranked_union
from modgap.index.per_modality import ModalityIndex

__all__ = ["ModalityIndex", "ranked_union"]
