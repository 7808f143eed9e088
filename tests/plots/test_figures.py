"""All figures: their size, type and paper in both themes, and that they share no state."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from PIL import Image

from modgap import plots
from modgap.calibration import Calibration
from modgap.plots.style import PALETTES
from modgap.search.collection import Collection

KS = [1, 5, 10]
METHODS = {"raw": [0.0, 0.1, 0.2], "standardized": [0.5, 0.6, 0.9]}
COUNTS = [10, 20, 50, 100]
CURVES = {"text": [0.8, 0.79, 0.81, 0.8], "image": [0.3, 0.31, 0.32, 0.32]}


def draw(name: str, calibration: Calibration, collection: Collection, **options) -> Figure:
    if name == "density":
        return plots.density_figure(calibration, **options)
    if name == "map":
        return plots.gap_map(collection.vectors, collection.modality, **options)
    if name == "share":
        return plots.share_and_recall_figure(KS, METHODS, METHODS, pool_share=0.5, **options)
    bands = {m: (np.asarray(c) - 0.1, np.asarray(c) + 0.1) for m, c in CURVES.items()}
    return plots.convergence_figure(COUNTS, CURVES, CURVES, mean_bands=bands, std_bands=bands, **options)


@pytest.mark.parametrize("name", ["density", "map", "share", "convergence"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_figure_comes_out_in_both_themes_at_the_size_of_a_slide(
    name: str, theme, calibration: Calibration, collection: Collection, tmp_path: Path
) -> None:
    path = plots.save(draw(name, calibration, collection, theme=theme), tmp_path / "new folder" / "figure.png")
    with Image.open(path) as image:
        assert image.size == (1920, 1080)
        assert to_hex(np.asarray(image.convert("RGB"))[2, 2] / 255) == PALETTES[theme].paper
        assert len(set(image.convert("L").resize((64, 36)).getdata())) > 4  # something is drawn


@pytest.mark.parametrize("name", ["density", "map", "share", "convergence"])
def test_no_word_is_smaller_than_a_back_row_can_read(
    name: str, calibration: Calibration, collection: Collection
) -> None:
    figure = draw(name, calibration, collection)
    figure.canvas.draw()
    shown = [text for text in figure.findobj(lambda each: hasattr(each, "get_fontsize")) if text.get_text()]
    assert min(text.get_fontsize() for text in shown) >= 17


def test_a_transparent_figure_has_no_paper(calibration: Calibration, tmp_path: Path) -> None:
    path = plots.save(plots.density_figure(calibration, transparent=True), tmp_path / "figure.png")
    with Image.open(path) as image:
        assert image.getpixel((2, 2))[3] == 0


def test_figures_share_no_state_and_open_no_window(calibration: Calibration) -> None:
    import matplotlib.pyplot as plt

    plots.density_figure(calibration)
    assert plt.get_fignums() == []


def test_importing_plots_loads_no_matplotlib() -> None:
    import subprocess
    import sys

    code = "import sys, modgap.plots; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
