"""Captions scored against their picture, what the scores mean in a corpus, and how they agree with people's ratings."""

from modgap.evaluation.captions.background import Background
from modgap.evaluation.captions.scoring import Captioned, CaptionScore, picture_vector, score_captions

__all__ = ["Background", "CaptionScore", "Captioned", "picture_vector", "score_captions"]
