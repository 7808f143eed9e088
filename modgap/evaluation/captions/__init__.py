"""Score captions against their picture, relate the scores to a corpus, and compare them with human ratings."""

from modgap.evaluation.captions.background import Background
from modgap.evaluation.captions.scoring import Captioned, CaptionScore, picture_vector, score_captions

__all__ = ["Background", "CaptionScore", "Captioned", "picture_vector", "score_captions"]
