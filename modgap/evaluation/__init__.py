"""Evaluate methods on labelled queries: runner, results, reports."""

from modgap.evaluation.calibration_split import NAMED as CALIBRATION_QUERIES
from modgap.evaluation.report_csv import to_csv
from modgap.evaluation.report_html import report_html
from modgap.evaluation.result_cache import ResultCache
from modgap.evaluation.results import Evaluation
from modgap.evaluation.runner import DEFAULT_METHODS, evaluate

__all__ = ["CALIBRATION_QUERIES", "DEFAULT_METHODS", "Evaluation", "ResultCache", "evaluate", "report_html", "to_csv"]
