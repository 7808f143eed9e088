"""Calibration from the text box or a file of queries."""

from __future__ import annotations

import pytest

from modgap.errors import ModgapError
from modgap.progress import silent
from modgap.ui.visit import calibrating
from modgap.ui.visit.calibrating import calibrate, queries_of_file


def test_own_queries_are_lines_without_blank_ones(loaded):
    calibration = calibrate(loaded.collection, " red \n\n a harbour\nbread\n", silent)

    assert calibration.queries["text"].count == 3
    assert calibration.queries["text"].kind == "given"


@pytest.mark.parametrize("lines", ["a\n" * 5001, "x" * 1001])
def test_too_many_or_too_long_queries_are_refused(loaded, lines):
    with pytest.raises(ModgapError, match=r"limit|more than"):
        calibrate(loaded.collection, lines, silent)


def test_queries_of_a_file_are_lines_in_words_without_their_labels(tmp_path):
    (tmp_path / "q.jsonl").write_text(
        '{"id": "1", "text": "a  red\\nfox", "relevant": ["fox.txt"]}\n', encoding="utf-8"
    )
    (tmp_path / "q.txt").write_text("an inn\n\n tea \n", encoding="utf-8")

    assert queries_of_file(tmp_path / "q.jsonl") == "a red fox"
    assert queries_of_file(tmp_path / "q.txt") == "an inn\ntea"


def test_a_file_of_queries_that_cannot_be_used_is_named_without_its_folder(tmp_path, monkeypatch):
    (tmp_path / "q.jsonl").write_text("neither\n", encoding="utf-8")
    with pytest.raises(ModgapError, match=r"q\.jsonl") as refused:
        queries_of_file(tmp_path / "q.jsonl")
    assert str(tmp_path) not in str(refused.value)

    monkeypatch.setattr(calibrating, "MAX_QUERY_FILE_BYTES", 3)
    with pytest.raises(ModgapError, match="a list of queries is shorter"):
        queries_of_file(tmp_path / "q.jsonl")
