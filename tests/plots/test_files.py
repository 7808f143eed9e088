"""Figures as files."""

from pathlib import Path

import pytest

from modgap import plots
from modgap.calibration import Calibration
from modgap.errors import ModgapError


def test_svg_is_a_document_without_a_date(calibration: Calibration, tmp_path: Path) -> None:
    text = plots.save(plots.density_figure(calibration), tmp_path / "a.svg").read_text(encoding="utf-8")
    assert text.lstrip().startswith("<?xml")
    assert "<dc:date>" not in text


def test_an_unknown_ending_or_place_is_refused(calibration: Calibration, tmp_path: Path) -> None:
    figure = plots.density_figure(calibration)
    with pytest.raises(ModgapError, match=r'written as \.png or \.svg, and "figure\.bmp"'):
        plots.save(figure, tmp_path / "figure.bmp")
    (tmp_path / "file").touch()
    with pytest.raises(ModgapError, match="cannot be written"):
        plots.save(figure, tmp_path / "file" / "figure.png")
