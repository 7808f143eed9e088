"""One visitor's whole journey with files of their own, broken ones among them, up to what is taken home."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from modgap.calibration import Calibration
from modgap.io.assets import asset_path

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)
RAW, CALIBRATED = ".mg-list-raw .mg-card", ".mg-list-calibrated .mg-card"


@pytest.fixture
def own_files(tmp_path: Path) -> list[Path]:
    """20 photographs, 20 passages, and 3 files that cannot be used."""
    folder, corpus = tmp_path / "own", Path(asset_path("sample", "corpus"))
    folder.mkdir()
    photographs, passages = (sorted((corpus / kind).iterdir()) for kind in ("photos", "passages"))
    for path in [*photographs[:20], *passages[::6][:20]]:
        shutil.copy(path, folder)
    (folder / "cut off.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "drawing.svg.png").write_text("<svg onload='alert(1)'></svg>", encoding="utf-8")
    return sorted(folder.iterdir())


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Queries whose right photograph is known, and one that names an item that is not there."""
    right = {
        "a goldfish in the water": "goldfish.webp",
        "a claw hammer with a red handle": "claw-hammer-red.webp",
        "a cup of espresso": "espresso-cup.webp",
        "a panda eating": "giant-panda.webp",
        "an iron frying pan": "frying-pan.webp",
        "a lizard that nobody photographed": "no such picture.webp",
    }
    path = tmp_path / "labels.jsonl"
    rows = [{"id": f"q{n}", "text": text, "relevant": [item]} for n, (text, item) in enumerate(right.items())]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def enter(page, tab: str) -> None:
    page.get_by_role("tab", name=tab).click()


def search(page, words: str) -> None:
    page.locator("#mg-query textarea, #mg-query input").fill(words)
    page.keyboard.press("Enter")
    page.locator(f".mg-lists[data-asked='{words}']").wait_for()


def titles(page, cards: str) -> list[str]:
    return page.locator(f"{cards} .mg-id").all_inner_texts()


def saved(page, name: str, path: Path) -> Path:
    """Press the link of a download, and keep its file."""
    with page.expect_download() as download:
        page.get_by_role("link", name=f"Download {name}").click()
    download.value.save_as(path)
    return path


def test_own_files_are_searched_measured_scored_and_taken_home(visitor, own_files, labels, tmp_path):
    visitor.locator("#mg-files input[type=file]").set_input_files(own_files)
    expect(visitor.locator(".mg-counts")).to_have_text(re.compile("20 pictures.*20 passages"), timeout=60_000)
    skipped = visitor.locator(".mg-skipped")
    expect(skipped.locator("summary")).to_contain_text("3 skipped")
    for name in ("cut off.jpg", "empty.txt", "drawing.svg.png"):
        expect(skipped).to_contain_text(name)
    expect(visitor.locator(".mg-gap")).to_have_text(re.compile(r"Pictures start 0\.\d\d behind passages"))

    search(visitor, "a goldfish in the water")
    places = [titles(visitor, cards).index("goldfish.webp") for cards in (RAW, CALIBRATED)]
    assert places[0] > places[1] < 2
    with visitor.expect_file_chooser() as chooser:
        visitor.get_by_role("button", name="By picture").click()
    chooser.value.set_files(next(path for path in own_files if path.name == "eiffel-tower.webp"))
    expect(visitor.locator(".mg-asked")).to_contain_text("eiffel-tower.webp")
    expect(visitor.locator(f"{CALIBRATED} .mg-id").first).to_have_text("eiffel-tower.webp")
    visitor.locator("#mg-also input").click()
    visitor.get_by_role("option", name="z-score per query").click()
    expect(visitor.locator(".mg-list-also .mg-card")).to_have_count(10)

    enter(visitor, "Evaluate")
    visitor.locator("#mg-evaluate-files").locator("xpath=..").locator("input[type=file]").set_input_files(labels)
    table = visitor.locator("#mg-evaluate-result")
    expect(table.locator("tbody tr")).to_have_count(7, timeout=60_000)
    expect(table).to_contain_text("that want a picture (5)")
    expect(table).to_contain_text("1 relevant ids are not in the corpus")
    with saved(visitor, "evaluation.csv", tmp_path / "evaluation.csv").open(newline="") as file:
        values = {(row["method"], row["target"], row["metric"]): row["value"] for row in csv.DictReader(file)}
    assert float(values["raw", "image", "recall@1"]) < float(values["standardized", "image", "recall@1"])

    enter(visitor, "Captions")
    picture = next(path for path in own_files if path.name == "giant-panda.webp")
    visitor.locator("#mg-caption-file input[type=file]").set_input_files(picture)
    expect(visitor.locator("#mg-caption-preview img")).to_be_visible()
    visitor.locator("#mg-caption-words textarea").fill("a panda eats bamboo\na red fire engine")
    visitor.locator("#mg-caption-score").click()
    expect(visitor.locator("#mg-caption-result .mg-caption")).to_have_count(2)
    expect(visitor.locator("#mg-caption-result .mg-caption").first).to_contain_text("best")

    enter(visitor, "Take it home")
    visitor.locator("#mg-take-home-body .mg-download").first.wait_for()
    for name in ("calibration.json", "results.csv", "modgap-report.html"):
        saved(visitor, name, tmp_path / name)
    assert Calibration.load(tmp_path / "calibration.json").counts == {"image": 20, "text": 20}
    results = list(csv.DictReader((tmp_path / "results.csv").open(newline="")))
    assert results[0]["query"] == "eiffel-tower.webp"
    assert {row["method"] for row in results} == {"raw", "calibrated"}
    report = (tmp_path / "modgap-report.html").read_text(encoding="utf-8")
    for words in ("20 pictures", "a goldfish in the water", "Recall@20 on 6 labelled queries"):
        assert words in report
