"""The tabs, the third column, the keyboard, the presenter and a stopped reading, in a real browser."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from modgap.calibration import Calibration

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)
RAW, CALIBRATED = ".mg-list-raw .mg-card", ".mg-list-calibrated .mg-card"


def enter(page, tab: str) -> None:
    page.get_by_role("tab", name=tab).click()


@pytest.fixture
def back(sample):
    """The shared page; on the search again when the test is over."""
    yield sample
    enter(sample, "Search")


def test_a_strangers_first_minute_takes_one_click(browser, open_port):
    port, begun = open_port(), time.monotonic()
    command = [sys.executable, "-m", "modgap", "serve", "--port", str(port)]  # what `make demo` runs when all is there
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as serving:
        try:
            while not answers(port):
                assert serving.poll() is None, serving.stdout.read()
                time.sleep(0.1)
            page = browser.new_page()
            page.goto(f"http://127.0.0.1:{port}/")
            page.locator("#mg-start").click()
            expect(page.locator(RAW).first).to_be_visible(timeout=60_000)
            expect(page.locator(CALIBRATED).first).to_be_visible()
            assert time.monotonic() - begun < 60
            page.close()
        finally:
            serving.terminate()


def answers(port: int) -> bool:
    """Does anyone listen there?"""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def test_a_third_method_stands_beside_the_two_and_goes_again(sample):
    sample.locator("#mg-also input").click()
    sample.get_by_role("option", name="Reciprocal rank fusion").click()
    expect(sample.locator(".mg-list-also .mg-card")).to_have_count(10)
    first = sample.locator(".mg-list-also .mg-card").first
    first.hover()
    expect(first).to_have_class("mg-card " + first.get_attribute("class").split()[1] + " mg-linked")
    sample.locator("#mg-also input").click()
    sample.get_by_role("option", name="none").click()
    expect(sample.locator(".mg-list-also")).to_have_count(0)


def test_the_tab_key_leaves_a_dropdown_closed(sample):
    sample.locator("#mg-also input").focus()
    expect(sample.locator(".option-list")).to_be_visible()
    sample.keyboard.press("Tab")
    expect(sample.locator("#mg-k input").first).to_be_focused()
    expect(sample.locator(".option-list")).to_have_count(0)


def test_on_the_narrowest_phone_nothing_is_cut_off(browser, app_url):
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(f"{app_url}&demo=1")
    expect(page.locator(CALIBRATED).first).to_be_visible(timeout=60_000)
    inside = "of => document.querySelector(of).scrollWidth <= document.querySelector(of).clientWidth"
    assert page.evaluate(inside, ".mg-counts")
    for words in ("w" * 1000, "windmill"):
        page.locator("#mg-query textarea, #mg-query input").fill(words)
        page.keyboard.press("Enter")
        page.wait_for_function("w => document.querySelector('.mg-lists')?.dataset.asked === w", arg=words)
    chip = page.locator("#mg-history .mg-chip").first
    expect(chip).to_have_text("w" * 1000)
    assert chip.bounding_box()["width"] <= 320

    page.locator("#mg-theme").focus()
    page.locator("#mg-tab-take_home-button").dispatch_event("click")
    expect(page.locator("#mg-tab-take_home-button")).to_be_in_viewport(ratio=1)
    context.close()


def test_a_phone_reaches_the_third_list_and_no_tab_scrolls_sideways(browser, app_url):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{app_url}&demo=1")
    expect(page.locator(CALIBRATED).first).to_be_visible(timeout=60_000)
    third = page.get_by_role("button", name="Compared")
    expect(third).to_be_hidden()
    page.locator("#mg-also input").click()
    page.get_by_role("option", name="Reciprocal rank fusion").click()
    third.click()
    expect(page.locator(".mg-list-also")).to_be_visible()
    expect(page.locator(".mg-list-calibrated")).to_be_hidden()
    for tab, shown in (
        ("The gap", "#mg-gap-body .mg-stacked"),
        ("Evaluate", "#mg-evaluate-sample"),
        ("Captions", "#mg-caption-example"),
        ("Take it home", "#mg-take-home-body .mg-download"),
    ):
        enter(page, tab)
        expect(page.locator(shown).first).to_be_visible(timeout=60_000)
        assert page.evaluate("document.documentElement.scrollWidth") == 390, tab
        tables = "() => [...document.querySelectorAll('.mg-wide')].every(each => each.scrollWidth <= each.clientWidth)"
        assert page.evaluate(tables), tab
    context.close()


def test_a_search_moves_nothing_but_the_hits(visitor):
    visitor.locator("#mg-start").click()
    expect(visitor.locator(CALIBRATED).first).to_be_visible(timeout=60_000)
    visitor.evaluate("""() => {
        window.shifts = [];
        const seen = (list) => window.shifts.push(...list.getEntries().map((each) => each.value));
        new PerformanceObserver(seen).observe({ type: "layout-shift" });
    }""")
    top = "document.querySelector('.mg-lists').getBoundingClientRect().top + window.scrollY"
    before = visitor.evaluate(top)
    for words in ("a cat with whiskers", "an old bridge"):
        visitor.locator("#mg-query textarea, #mg-query input").fill(words)
        visitor.keyboard.press("Enter")
        visitor.wait_for_function("w => document.querySelector('.mg-lists')?.dataset.asked === w", arg=words)
        assert visitor.evaluate(top) == before
    visitor.wait_for_timeout(300)
    assert sum(visitor.evaluate("window.shifts")) < 0.1  # Web Vitals call a shift below that good


def test_earlier_searches_can_be_asked_again(sample):
    for words in ("goldfish", "pyramid"):
        sample.locator("#mg-query textarea, #mg-query input").fill(words)
        sample.keyboard.press("Enter")
        sample.wait_for_function("w => document.querySelector('.mg-lists')?.dataset.asked === w", arg=words)
    sample.locator("#mg-history .mg-chip", has_text="goldfish").click()
    sample.wait_for_function("() => document.querySelector('.mg-lists')?.dataset.asked === 'goldfish'")


def test_of_clicks_in_haste_the_last_one_counts(sample):
    clicked = sample.evaluate("""() => {
        const chips = [...document.querySelectorAll("#mg-examples .mg-chip")].slice(0, 4);
        chips.forEach((chip) => chip.click());
        return chips.at(-1).dataset.value;
    }""")
    sample.wait_for_function("w => document.querySelector('.mg-lists')?.dataset.asked === w", arg=clicked)
    sample.wait_for_timeout(500)
    assert sample.locator(".mg-lists").get_attribute("data-asked") == clicked


def test_arrows_walk_the_hits_and_escape_returns(sample):
    box = sample.locator("#mg-query textarea, #mg-query input")
    box.focus()
    sample.keyboard.press("ArrowDown")
    expect(sample.locator(f"{CALIBRATED} .mg-hit").nth(0)).to_be_focused()
    sample.keyboard.press("ArrowDown")
    expect(sample.locator(f"{CALIBRATED} .mg-hit").nth(1)).to_be_focused()
    sample.keyboard.press("ArrowLeft")
    expect(sample.locator(f"{RAW} .mg-hit").nth(1)).to_be_focused()
    sample.keyboard.press("Escape")
    expect(box).to_be_focused()


def test_the_gap_has_words_and_a_map_with_names(back):
    enter(back, "The gap")
    expect(back.locator("#mg-gap-body h2").first).to_contain_text("The gap of this corpus is severe.")
    before = back.locator(".mg-map").first
    before.locator("[data-thumb]").last.hover()  # the last is drawn on top
    expect(before.locator(".mg-map-tip")).to_be_visible()
    expect(before.locator(".mg-map-tip img")).to_be_visible()


def test_the_sample_is_evaluated_in_one_click(back):
    enter(back, "Evaluate")
    back.locator("#mg-evaluate-sample").click()
    expect(back.locator("#mg-evaluate-result tbody tr")).to_have_count(7, timeout=60_000)
    expect(back.locator("#mg-evaluate-result")).to_contain_text("that want a picture (33)")


def test_a_report_is_taken_home_and_opens_without_a_fault(back, browser, tmp_path: Path):
    enter(back, "Take it home")
    with back.expect_download() as download:
        back.get_by_text("Download modgap-report.html").click()
    report = tmp_path / "report.html"
    report.write_bytes(Path(download.value.path()).read_bytes())
    page, faults = browser.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: faults.append(request.url) if request.url.startswith("http") else None)
    page.goto(report.as_uri())
    expect(page.locator("h1")).to_have_text("Search over pictures and passages")
    page.close()
    assert faults == []


def test_what_is_taken_home_can_be_read_again(back, tmp_path: Path):
    enter(back, "Take it home")
    links = back.locator("#mg-take-home-body .mg-download")
    expect(links).to_have_count(4)
    for link in links.all():
        with back.expect_download() as download:
            link.click()
        download.value.save_as(tmp_path / link.get_attribute("download"))

    calibration = Calibration.load(tmp_path / "calibration.json")
    assert calibration.counts == {"image": 39, "text": 120}
    assert calibration.centroid_distance() > 0.63  # its means came along
    with np.load(io.BytesIO((tmp_path / "vectors.npz").read_bytes())) as vectors:
        assert vectors["vectors"].shape == (159, calibration.dimension)
    assert (tmp_path / "results.csv").read_text().splitlines()[0].startswith("query,method,rank,id")
    assert json.loads((tmp_path / "calibration.json").read_text())["format"]


def test_a_demo_opens_loaded_and_the_story_is_driven_by_keys(browser, app_url):
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.goto(f"{app_url}&demo=1")
    expect(page.locator(CALIBRATED).first).to_be_visible(timeout=60_000)
    page.locator("#mg-present").click()
    expect(page.locator("#mg-story-bar")).to_contain_text("1 of 5")
    expect(page.locator("#mg-query-row")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#mg-story-bar")).to_contain_text("cup and saucer")
    page.wait_for_function("() => document.querySelector('.mg-lists')?.dataset.asked === 'cup and saucer'")
    page.keyboard.press("Escape")
    expect(page.locator("#mg-story-bar")).to_have_count(0)
    expect(page.locator("#mg-query-row")).to_be_visible()
    context.close()


def test_a_presenter_without_a_keyboard_has_buttons(browser, app_url):
    page = browser.new_page(viewport={"width": 820, "height": 1180})
    page.goto(f"{app_url}&present=1")
    bar = page.locator("#mg-story-bar")
    expect(bar).to_contain_text("1 of 5", timeout=60_000)
    page.get_by_role("button", name="Next page").click()
    expect(bar).to_contain_text("cup and saucer")
    page.get_by_role("button", name="Page before").click()
    expect(bar).to_contain_text("tools with red handles")
    page.get_by_role("button", name="End the presentation").click()
    expect(bar).to_have_count(0)
    expect(page.locator("#mg-query-row")).to_be_visible()
    page.close()


def test_searches_of_ones_own_corpus_are_presented_and_it_stays_loaded(visitor, mixed_files):
    visitor.locator("#mg-files input[type=file]").set_input_files(mixed_files)
    expect(visitor.locator(".mg-counts")).to_contain_text("3 pictures", timeout=60_000)
    for words in ("something red", "a harbour"):
        visitor.locator("#mg-query textarea, #mg-query input").fill(words)
        visitor.keyboard.press("Enter")
        visitor.wait_for_function("w => document.querySelector('.mg-lists')?.dataset.asked === w", arg=words)
    enter(visitor, "The gap")
    visitor.locator("#mg-present").click()
    bar = visitor.locator("#mg-story-bar")
    expect(bar).to_contain_text("“something red”")
    expect(bar).to_contain_text("1 of 2")
    expect(bar).to_contain_text("pictures on the first page")
    visitor.keyboard.press("PageDown")
    expect(bar).to_contain_text("“a harbour”")
    visitor.wait_for_function("() => document.querySelector('.mg-lists')?.dataset.asked === 'a harbour'")
    visitor.keyboard.press("Escape")
    expect(visitor.locator(".mg-counts")).to_contain_text("3 pictures")


def test_a_long_query_leaves_space_for_the_hits_of_a_presentation(visitor, mixed_files):
    visitor.locator("#mg-files input[type=file]").set_input_files(mixed_files)
    expect(visitor.locator("#mg-search")).to_be_visible(timeout=60_000)
    visitor.locator("#mg-query textarea, #mg-query input").fill("long " * 200)
    visitor.keyboard.press("Enter")
    expect(visitor.locator(RAW).first).to_be_visible()
    visitor.locator("#mg-present").click()
    assert visitor.locator("#mg-story-bar").bounding_box()["height"] < 200


def test_slash_leads_from_another_tab_to_the_query(sample):
    enter(sample, "Captions")
    sample.locator("h1").click()
    sample.keyboard.press("/")
    expect(sample.locator("#mg-query textarea, #mg-query input")).to_be_focused()


def test_reading_can_be_stopped_and_what_was_there_stays(visitor, tmp_path: Path):
    visitor.locator("#mg-start").click()
    expect(visitor.locator(CALIBRATED).first).to_be_visible(timeout=60_000)
    files = []
    for place in range(400):
        files.append(tmp_path / f"{place}.png")
        Image.effect_noise((64, 64), 80).save(files[-1])
    visitor.locator("#mg-corpus").get_by_text("Load other files").click()
    visitor.locator("#mg-files input[type=file]").set_input_files(files)
    visitor.locator("#mg-cancel").click(timeout=60_000)
    expect(visitor.locator("#mg-status [role=status]")).to_contain_text("Reading was stopped", timeout=60_000)
    expect(visitor.locator(".mg-counts")).to_contain_text("39")


def test_a_whole_folder_is_read(visitor, tmp_path: Path):
    for place, colour in enumerate(("red", "green", "blue")):
        Image.new("RGB", (40, 40), colour).save(tmp_path / f"{colour}.png")
        (tmp_path / f"note {place}.txt").write_text(f"A passage about {colour} paint and what it is made of.")
    (tmp_path / "inside").mkdir()
    Image.new("RGB", (40, 40), "pink").save(tmp_path / "inside" / "pink.png")
    visitor.locator("input[webkitdirectory]").set_input_files(tmp_path)
    expect(visitor.locator(".mg-counts")).to_contain_text("4 pictures", timeout=60_000)
    expect(visitor.locator(".mg-counts")).to_contain_text("3 passages")


def test_queries_come_from_a_file_and_a_calibration_can_be_undone(visitor, tmp_path: Path):
    visitor.locator("#mg-start").click()
    expect(visitor.locator(CALIBRATED).first).to_be_visible(timeout=60_000)
    summary, undo = visitor.locator("#mg-calibration-summary"), visitor.locator("#mg-calibrate-undo")
    expect(undo).to_be_hidden()
    automatic = summary.inner_text()
    file = tmp_path / "queries.txt"
    file.write_text("".join(f"a photo of thing number {n}\n" for n in range(60)))
    visitor.locator("#mg-calibration").get_by_text("Use your own queries").click()
    visitor.locator("#mg-queries-file").locator("xpath=..").locator("input[type=file]").set_input_files(file)
    visitor.wait_for_function("() => document.querySelector('#mg-queries textarea').value.includes('number 59')")
    visitor.locator("#mg-calibrate").click()
    expect(undo).to_be_visible(timeout=60_000)
    expect(summary).to_contain_text("60 given queries")
    undo.click()
    expect(summary).not_to_contain_text("60 given queries")
    assert summary.inner_text() == automatic


def test_another_model_that_cannot_be_had_is_said_and_nothing_is_lost(visitor, monkeypatch, tmp_path: Path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    visitor.locator("#mg-start").click()
    expect(visitor.locator(CALIBRATED).first).to_be_visible(timeout=60_000)
    visitor.locator("#mg-corpus").get_by_text("Load other files").click()
    visitor.locator("#mg-model input").click()
    visitor.get_by_role("option", name="ViT-B-32").click()
    alert = visitor.locator("#mg-status [role=alert]")
    expect(alert).to_contain_text("is not on this machine", timeout=60_000)
    expect(visitor.locator(CALIBRATED)).to_have_count(10)


def test_the_map_zooms_moves_shows_pictures_and_lists_what_a_lasso_holds(sample):
    sample.locator("#mg-tab-gap-button").click()
    maps = sample.locator(".mg-map svg")
    expect(maps.first).to_be_visible(timeout=30_000)
    assert sample.locator(".mg-map-line").count() == 10
    home = maps.first.get_attribute("viewBox")
    for _ in range(3):
        sample.get_by_role("button", name="Closer").click()
    assert maps.first.get_attribute("viewBox") != home
    assert maps.last.get_attribute("viewBox") == maps.first.get_attribute("viewBox")
    maps.first.focus()
    before = maps.first.get_attribute("viewBox")
    for _ in range(6):
        sample.keyboard.press("ArrowLeft")
    assert maps.first.get_attribute("viewBox") != before
    sample.keyboard.press("0")
    assert maps.first.get_attribute("viewBox") == home
    point = maps.first.locator(".mg-point-picture[data-thumb]").first
    box, at = maps.first.bounding_box(), point.bounding_box()
    sample.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    sample.keyboard.down("Control")
    for _ in range(9):
        sample.mouse.wheel(0, -100)
    sample.keyboard.up("Control")
    expect(maps.first.locator("image").first).to_be_attached()
    sample.get_by_role("button", name="All", exact=True).click()

    sample.get_by_role("button", name="Lasso").click()
    corners = [(2, 2), (box["width"] - 2, 2), (box["width"] - 2, box["height"] - 2), (2, box["height"] - 2)]
    sample.mouse.move(box["x"] + 2, box["y"] + 2)
    sample.mouse.down()
    for x, y in corners:
        sample.mouse.move(box["x"] + x, box["y"] + y, steps=3)
    sample.mouse.up()
    expect(sample.locator("#mg-map-held")).to_contain_text("The lasso holds 39 pictures and 120 passages")
    assert sample.locator(".mg-lasso").count() == 0
    sample.get_by_role("button", name="Lasso").click()
    sample.locator("#mg-tab-search-button").click()
