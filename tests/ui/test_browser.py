"""The journey in a real browser with the bundled model: load, search, by picture, own files, and what goes wrong."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)  # a machine of two busy cores answers late, and nothing here measures speed

RAW, CALIBRATED = ".mg-list-raw .mg-card", ".mg-list-calibrated .mg-card"


def search(page, words: str) -> None:
    """Type words, press Enter, wait until the lists answer them."""
    page.locator("#mg-query textarea, #mg-query input").fill(words)
    page.keyboard.press("Enter")
    page.wait_for_function("words => document.querySelector('.mg-lists')?.dataset.asked === words", arg=words)


def upload(page, files: list[Path]) -> None:
    page.locator("#mg-files input[type=file]").set_input_files(files)


def titles(page, selector: str) -> list[str]:
    return page.locator(f"{selector} .mg-id").all_inner_texts()


def test_one_click_on_the_sample_ends_in_a_search_side_by_side(visitor):
    visitor.locator("#mg-start").click()

    expect(visitor.locator(RAW)).to_have_count(10, timeout=60_000)
    expect(visitor.locator(CALIBRATED)).to_have_count(10)
    expect(visitor.locator(".mg-counts")).to_have_text(re.compile("39 pictures.*120 passages"))
    expect(visitor.locator("#mg-calibration-summary")).to_contain_text("The modality gap is severe")
    expect(visitor.locator(".mg-gap")).to_have_text(re.compile(r"Pictures start 0\.\d\d behind passages"))
    assert visitor.locator(f"{CALIBRATED} img.mg-tile").count() > visitor.locator(f"{RAW} img.mg-tile").count()


def test_enter_searches_and_finds_pictures_that_raw_hides(sample):
    search(sample, "tools with red handles")

    assert any("claw-hammer-red" in each for each in titles(sample, CALIBRATED))
    assert not any("photos/" in each for each in titles(sample, RAW))
    expect(sample.locator(".mg-list-raw .mg-share-text")).to_have_text("0% pictures")


def test_an_example_searches_and_fills_the_box(sample):
    sample.locator(".mg-chip", has_text="solar panels").click()

    expect(sample.locator("#mg-query textarea, #mg-query input")).to_have_value("solar panels")


def test_a_picture_searches_by_itself_with_the_keyboard_and_back_to_words(sample):
    search(sample, "goldfish")
    sample.locator(f"{CALIBRATED} .mg-title").first.focus()
    name = sample.locator(f"{CALIBRATED}.mg-card-picture .mg-id").first.inner_text()
    sample.keyboard.press("Enter")

    expect(sample.locator(".mg-asked")).to_contain_text("Searching by picture")
    expect(sample.locator(f"{CALIBRATED} .mg-hit").first).to_be_focused()
    assert name not in titles(sample, CALIBRATED)
    assert name not in titles(sample, RAW)

    sample.get_by_role("button", name="Back to words").click()
    expect(sample.locator(".mg-asked")).to_have_count(0)
    expect(sample.locator(CALIBRATED)).to_have_count(10)
    expect(sample.locator("#mg-query textarea, #mg-query input")).to_be_focused()


def test_an_uploaded_picture_is_a_query(sample, tmp_path):
    picture = tmp_path / "sky-blue.png"
    Image.new("RGB", (64, 64), "skyblue").save(picture)
    with sample.expect_file_chooser() as chooser:
        sample.get_by_role("button", name="By picture").click()
    chooser.value.set_files(picture)

    expect(sample.locator(".mg-asked")).to_contain_text("sky-blue.png")
    expect(sample.locator(".mg-asked img")).to_be_visible()


def test_slash_focuses_the_query_box(sample):
    sample.locator("h1").click()
    sample.keyboard.press("/")

    expect(sample.locator("#mg-query textarea, #mg-query input")).to_be_focused()


def test_pointing_at_a_card_marks_the_same_item_in_the_other_list(sample):
    search(sample, "windmill")
    first = sample.locator(RAW).first
    first.hover()

    same = sample.locator(f"{CALIBRATED}[data-item='{first.get_attribute('data-item')}']")
    expect(same).to_have_class(re.compile("mg-linked"))


def test_the_calibration_can_be_downloaded(sample):
    with sample.expect_download() as download:
        sample.locator("#mg-download").click()

    assert download.value.suggested_filename == "calibration.json"
    assert json.loads(Path(download.value.path()).read_text())["format"] == "modgap.calibration/1"


def test_own_queries_calibrate_anew_and_too_few_say_so(sample):
    sample.get_by_text("Use your own queries").click()
    box = sample.locator("#mg-queries textarea")
    box.fill("a red hammer")
    sample.locator("#mg-calibrate").click()
    expect(sample.locator("#mg-calibration-status [role=alert]")).to_be_visible()

    box.fill("a red hammer\nhow tall is the tower\na cat")
    sample.locator("#mg-calibrate").click()
    expect(sample.locator("#mg-calibration")).to_contain_text("3 given queries")
    expect(sample.locator("#mg-calibration-status [role=alert]")).to_have_count(0)


def test_hostile_names_and_texts_are_shown_and_never_run(visitor, mixed_files, tmp_path):
    evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=2</script>'
    table = tmp_path / "evil.jsonl"
    rows = [
        {"id": f"{evil} id", "text": f"{evil} a harbour ${{window.hacked=3}} {{{{constructor}}}}"},
        {"id": "p", "image": "red square.png", "caption": f"{evil} caption"},
        {"id": "gone", "image": f"../{evil}.png"},
    ]
    table.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    hostile_file = tmp_path / "'><b onclick=window.hacked=4>x.txt"
    hostile_file.write_text("A harbour.", encoding="utf-8")
    upload(visitor, [*mixed_files, table, hostile_file])
    visitor.locator("#mg-accept").click()
    expect(visitor.locator("#mg-search")).to_be_visible(timeout=60_000)
    search(visitor, evil)

    expect(visitor.locator(CALIBRATED).filter(has_text="<script>window.hacked=2</script>").first).to_be_visible()
    expect(visitor.locator(CALIBRATED).filter(has_text="${window.hacked=3} {{constructor}}").first).to_be_visible()
    expect(visitor.locator(".mg-skipped")).to_contain_text("onerror")
    assert visitor.evaluate("window.hacked") is None


def test_a_zip_is_read_and_its_report_can_be_saved(visitor, mixed_files, tmp_path):
    (tmp_path / "=broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for path in [*mixed_files, tmp_path / "=broken.jpg"]:
            archive.write(path, path.name)
        archive.write(mixed_files[0], "the same.png")
    upload(visitor, [tmp_path / "all.zip"])

    expect(visitor.locator(".mg-counts")).to_have_text(re.compile("3 pictures.*3 passages"), timeout=60_000)
    expect(visitor.locator(".mg-thumb")).to_have_count(3)
    expect(visitor.locator(".mg-skipped summary")).to_have_text("1 skipped, 1 left out as equal")
    with visitor.expect_download() as download:
        visitor.locator("#mg-report").click()
    written = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "'=broken.jpg,skipped," in written
    assert "the same.png,duplicate," in written


def test_the_report_is_sorted_by_its_headings(visitor, mixed_files, tmp_path):
    broken = []
    for name in ("b.txt", "a10.txt", "a2.txt"):
        (tmp_path / name).write_bytes(b"")
        broken.append(tmp_path / name)
    upload(visitor, [*mixed_files, *broken])
    names = visitor.locator(".mg-skipped tbody td:first-child")
    expect(names).to_have_count(3, timeout=60_000)
    heading = visitor.get_by_role("button", name="What")
    heading.click()
    expect(names).to_have_text(["a2.txt", "a10.txt", "b.txt"])
    heading.press("Enter")
    expect(names).to_have_text(["b.txt", "a10.txt", "a2.txt"])
    expect(visitor.locator(".mg-skipped th[aria-sort=descending]")).to_have_count(1)


def test_files_that_cannot_be_used_are_named_and_nothing_else_changes(visitor, tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    (tmp_path / "empty.txt").write_bytes(b"")
    upload(visitor, [tmp_path / "broken.jpg", tmp_path / "empty.txt"])

    expect(visitor.locator("#mg-status [role=alert]")).to_contain_text("empty.txt", timeout=60_000)
    expect(visitor.locator("#mg-start")).to_be_visible()
    expect(visitor.locator("#mg-search")).to_be_hidden()


def test_pictures_alone_are_searched_raw_with_the_reason(visitor, mixed_files):
    upload(visitor, mixed_files[:3])
    expect(visitor.locator("#mg-search")).to_be_visible(timeout=60_000)
    expect(visitor.locator("#mg-calibration")).to_contain_text("no passages")
    search(visitor, "red")

    expect(visitor.locator(RAW)).to_have_count(3)
    expect(visitor.locator(".mg-list-calibrated")).to_contain_text("Calibrate")


def test_vectors_are_searched_by_clicking_since_words_cannot(visitor, tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "vectors.npz"
    np.savez(
        path,
        ids=[f"item {n}" for n in range(30)],
        modality=["image", "text"] * 15,
        vectors=rng.normal(size=(30, 6)) + np.tile([[3, 0, 0, 0, 0, 0], [0, 3, 0, 0, 0, 0]], (15, 1)),
    )
    upload(visitor, [path])
    expect(visitor.locator("#mg-corpus")).to_contain_text("Words cannot be searched", timeout=60_000)
    expect(visitor.locator("#mg-query textarea, #mg-query input")).to_be_disabled()
    visitor.locator(".mg-link").first.click()

    expect(visitor.locator(".mg-asked")).to_contain_text("item 0")
    expect(visitor.locator(CALIBRATED)).to_have_count(10)


def test_a_phone_has_no_sideways_scroll_and_switches_between_the_lists(browser, app_url):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(app_url)
    width = "document.documentElement.scrollWidth"
    page.locator("#mg-start").wait_for()
    assert page.evaluate(width) == 390
    for drawing in page.locator(".mg-story figure").all():
        assert drawing.bounding_box()["width"] > 300, "each drawing has the page's width"
    page.locator("#mg-start").click()
    expect(page.locator(".mg-list-calibrated")).to_be_visible(timeout=60_000)
    expect(page.locator(".mg-list-raw")).to_be_hidden()
    assert page.evaluate(width) == 390

    page.get_by_role("button", name="Raw", exact=True).click()
    expect(page.locator(".mg-list-raw")).to_be_visible()
    expect(page.locator(".mg-list-calibrated")).to_be_hidden()
    context.close()


def test_a_second_visitor_sees_nothing_of_the_first(sample, visitor):
    expect(sample.locator(".mg-counts")).to_be_visible()

    expect(visitor.locator("#mg-corpus")).to_contain_text("Nothing is loaded yet")
    expect(visitor.locator("#mg-search")).to_be_hidden()
