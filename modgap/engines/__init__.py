"""Exact top-k of each modality, and the merge of two ranked lists into one."""

from modgap.engines.faiss import ModalityIndex
from modgap.engines.merge import ranked_union

__all__ = ["ModalityIndex", "ranked_union"]
