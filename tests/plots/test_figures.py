"""Figures: what stands in them, in both themes and both formats, and that greyscale keeps modalities apart."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from PIL import Image

from modgap import plots
from modgap.calibration import Calibration
from modgap.errors import CalibrationError, ModgapError
from modgap.items import Modality
from modgap.plots.plane import principal_plane
from modgap.plots.share_and_recall import spread
from modgap.plots.style import HATCH, LINE, MARKER, PALETTES
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


def words(figure: Figure) -> str:
    return " ".join(text.get_text() for text in figure.findobj(lambda each: hasattr(each, "get_text")))


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


def test_svg_is_a_document_without_a_date(calibration: Calibration, tmp_path: Path) -> None:
    text = plots.save(plots.density_figure(calibration), tmp_path / "a.svg").read_text(encoding="utf-8")
    assert text.lstrip().startswith("<?xml")
    assert "<dc:date>" not in text


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


def test_modalities_differ_in_more_than_colour() -> None:
    for styles in (LINE, MARKER, HATCH):
        assert styles[Modality.TEXT] != styles[Modality.IMAGE]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_stand_out_from_the_paper(theme) -> None:
    """Contrast of 4.5 or more, as WCAG 2.1 asks of text."""

    def luminance(colour: str) -> float:
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
        return float(np.dot(parts, [0.2126, 0.7152, 0.0722]))

    palette = PALETTES[theme]
    for colour in (palette.ink, palette.soft, *palette.word.values()):
        bright, dim = sorted((luminance(colour), luminance(palette.paper)), reverse=True)
        assert (bright + 0.05) / (dim + 0.05) >= 4.5


def test_the_density_figure_names_both_modalities_and_the_overlap(calibration: Calibration) -> None:
    shown = words(plots.density_figure(calibration))
    assert "pictures" in shown
    assert "passages" in shown
    assert "Standardized" in shown
    assert f"mean {calibration.statistics['text']['image'].mean:.2f}" in shown
    with pytest.raises(CalibrationError):
        plots.density_figure(calibration, query_modality="sound")


def test_the_map_tells_the_variance_and_the_distance(collection: Collection) -> None:
    moved = collection.vectors.copy()
    shown = words(plots.gap_map(collection.vectors, collection.modality, moved=moved, method="nothing"))
    assert "% of variance" in shown
    assert "After nothing: distance" in shown


def test_principal_components_agree_with_scikit_learn() -> None:
    from sklearn.decomposition import PCA

    vectors = np.random.default_rng(0).normal(size=(50, 6)) * [5, 4, 1, 1, 1, 1]
    plane, shares = principal_plane(vectors)
    pca = PCA(2).fit(vectors)
    assert shares == pytest.approx(pca.explained_variance_ratio_)
    np.testing.assert_allclose(np.abs(plane), np.abs(pca.transform(vectors)), atol=1e-9)


def test_one_dimension_and_one_item_still_make_a_plane() -> None:
    assert principal_plane(np.array([[1.0], [-1.0]]))[1].tolist() == [1.0, 0.0]
    assert principal_plane(np.array([[1.0, 0.0]]))[0].tolist() == [[0.0, 0.0]]


def test_labels_keep_their_distance_and_their_order() -> None:
    heights = {name: 0.5 + i / 1000 for i, name in enumerate("abcdefghij")}
    placed = spread(heights, gap=0.06)
    assert sorted(placed, key=placed.__getitem__) == list("abcdefghij")
    assert np.diff(sorted(placed.values())).min() == pytest.approx(0.06, abs=1e-5)
    assert max(spread(dict.fromkeys("abc", 1.0), gap=0.06).values()) <= 1.0


def test_curves_of_another_length_are_refused() -> None:
    with pytest.raises(ModgapError, match='"raw" has 2 values for 3 places'):
        plots.share_and_recall_figure(KS, {"raw": [0, 1]}, {}, pool_share=0.5)


def test_an_unknown_ending_theme_or_place_is_refused(calibration: Calibration, tmp_path: Path) -> None:
    figure = plots.density_figure(calibration)
    with pytest.raises(ModgapError, match=r'written as \.png or \.svg, and "figure\.bmp"'):
        plots.save(figure, tmp_path / "figure.bmp")
    (tmp_path / "file").touch()
    with pytest.raises(ModgapError, match="cannot be written"):
        plots.save(figure, tmp_path / "file" / "figure.png")
    with pytest.raises(ModgapError, match="Known: light, dark"):
        plots.density_figure(calibration, theme="sepia")  # type: ignore[arg-type]
