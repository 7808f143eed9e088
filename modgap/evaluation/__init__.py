"""Does calibration help on labelled queries? The runner, what it came to, and the report."""

from modgap.evaluation.cells import Cells
from modgap.evaluation.fair_play import NAMED as CALIBRATION_QUERIES
from modgap.evaluation.report_html import report_html
from modgap.evaluation.results import Evaluation
from modgap.evaluation.runner import DEFAULT_METHODS, evaluate
from modgap.evaluation.tables import to_csv

__all__ = ["CALIBRATION_QUERIES", "DEFAULT_METHODS", "Cells", "Evaluation", "evaluate", "report_html", "to_csv"]
