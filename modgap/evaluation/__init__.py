"""Does calibration help on labelled queries? The runner and its report."""

from modgap.evaluation.runner import DEFAULT_METHODS, Evaluation, evaluate

__all__ = ["DEFAULT_METHODS", "Evaluation", "evaluate"]
