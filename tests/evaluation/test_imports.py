"""What the parts of evaluation load."""

import subprocess
import sys


def test_captions_load_neither_metrics_of_retrieval_nor_loaders_of_data_sets() -> None:
    code = (
        "import sys, modgap.evaluation.captions; "
        "heavy = {'ir_measures', 'modgap.evaluation.datasets', 'torch', 'sklearn'}; "
        "print(sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
