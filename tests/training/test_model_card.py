"""The model card, filled in."""

from pathlib import Path

from training.export import configuration
from training.model_card import figures_table, write_model_card
from training.train import TEXT_TOWER, Recipe

RECALLS = {1: 0.25, 5: 0.5, 10: 0.75}
PLAIN = {"queries": 36, "raw": 1, "standardized": 35, "missed": ["a geyser"]}
FIGURES = {
    "text-to-image": RECALLS,
    "image-to-text": RECALLS,
    "text-to-text (caption 0 to caption 1)": RECALLS,
    "centroid gap": 0.826,
    "mixed corpus, recall@20": {
        f"{method}{target}": value
        for method, value in (("raw", 0.5), ("standardized", 0.8))
        for target in ("", " image", " text")
    },
    "plain words among Flickr8k dev, first five": PLAIN,
    "plain words in the sample corpus, first five": {**PLAIN, "missed": []},
}


def test_a_row_for_each_figure_and_a_column_for_each_stage() -> None:
    table = figures_table({"first": FIGURES, "shipped": FIGURES}).splitlines()
    assert table[0] == "| Flickr8k dev, 1,000 pictures | first | shipped |"
    assert table[2] == "| text-to-image, R@1 / 5 / 10 | 0.250 / 0.500 / 0.750 | 0.250 / 0.500 / 0.750 |"
    assert table[-1].startswith("| mixed corpus, standardized, R@20 of all (pictures / texts) | 0.800 (0.80 / 0.80) |")


def test_the_card_has_every_figure_in_place(tmp_path: Path) -> None:
    for folder, count in (("photos", 2), ("passages", 3)):
        (tmp_path / "sample" / folder).mkdir(parents=True)
        for n in range(count):
            (tmp_path / "sample" / folder / str(n)).touch()
    card = tmp_path / "README.md"
    config = configuration(16384, TEXT_TOWER)
    write_model_card(card, {"shipped": FIGURES}, {"heads": 60.0}, Recipe(), config, 150_000, tmp_path / "sample")
    text = card.read_text(encoding="utf-8")
    assert "raw 1, standardized 35 of 36. Missed: a geyser." in text
    assert "150,000" in text
    assert "heads 60 s" in text
    assert "{" not in text
