"""Every export names what it was written for and where its numbers come from."""

import re
from dataclasses import replace

import pytest

from modgap.calibration import Calibration
from modgap.engines.snippets import ENGINES, export
from modgap.errors import CalibrationError, ModgapError


def test_every_export_says_what_it_was_written_for_and_where_its_numbers_come_from(calibration: Calibration) -> None:
    for engine in ENGINES:
        first, second, *_ = export(calibration.numbers(), engine).splitlines()
        assert "model toy model, 2 passages, 2 pictures; for text queries." in first
        assert "Written for" in second
        assert re.search(r"\d", second) or engine == "sql"
        if engine != "opensearch-pipeline":  # has bounds made of them
            assert repr(calibration.statistics["text"]["image"].std) in export(calibration.numbers(), engine)


def test_an_unknown_engine_is_refused_with_the_known_ones(calibration: Calibration) -> None:
    known = ", ".join(ENGINES)
    with pytest.raises(ModgapError, match=rf'no export to "solr"\. Known: {known}'):
        export(calibration.numbers(), "solr")
    with pytest.raises(ModgapError, match="neither"):
        export(calibration.numbers("sound"), "sql")


def test_a_calibration_without_such_queries_is_refused(calibration: Calibration) -> None:
    only_text = replace(calibration, statistics={"text": calibration.statistics["text"]})
    with pytest.raises(CalibrationError, match="no statistics for picture queries"):
        export(only_text.numbers("image"), "sql")
