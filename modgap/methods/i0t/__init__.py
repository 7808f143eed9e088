"""The trained half of I0T (arXiv 2412.14384): a normaliser for each encoder, learnt from pairs, used without torch."""

from modgap.methods.i0t.normaliser import Normaliser, Normalisers
from modgap.methods.i0t.pairs import MIN_PAIRS, checked_pairs, pairs_of_corpus, pseudo_positive_pairs
from modgap.methods.i0t.weights_file import load_normalisers, save_normalisers

__all__ = [
    "MIN_PAIRS",
    "Normaliser",
    "Normalisers",
    "checked_pairs",
    "load_normalisers",
    "pairs_of_corpus",
    "pseudo_positive_pairs",
    "save_normalisers",
]
