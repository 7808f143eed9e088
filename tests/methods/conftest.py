"""Answers of other libraries that the methods are compared with."""

import json
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def ranx_answers() -> dict:
    """Scores and what ranx makes of them; `test_ranx_answers.py` says how the file was made."""
    return json.loads(Path(__file__).with_name("ranx_answers.json").read_text(encoding="utf-8"))
