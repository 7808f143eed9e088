"""Many pages at once: five tabs of one browser that all answer, and visitors who never see each other's files."""

from __future__ import annotations

import re

import pytest
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
RAW = ".mg-list-raw .mg-card"


def own_files(folder, colour: str) -> list:
    """A picture and a passage that no other visitor has."""
    folder.mkdir()
    Image.new("RGB", (60, 40), colour).save(folder / f"{colour}.png")
    (folder / f"{colour}.txt").write_text(f"All about the colour {colour}.", encoding="utf-8")
    return [folder / f"{colour}.png", folder / f"{colour}.txt"]


def open_uncalibrated(page, app_url) -> None:
    """The raw list is enough here, and calibration takes seconds of all cores for each page."""
    page.goto(app_url)
    page.locator("#mg-at-once input").uncheck()


def test_five_tabs_of_one_browser_load_and_search_at_once(browser, app_url, tmp_path):
    colours = ("red", "green", "blue", "yellow", "purple")  # a browser opens six connections to one host at most
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(30_000)
    tabs = {colour: context.new_page() for colour in colours}
    for page in tabs.values():
        open_uncalibrated(page, app_url)
    for colour, page in tabs.items():  # none waits for another
        page.locator("#mg-files input[type=file]").set_input_files(own_files(tmp_path / colour, colour))
    for page in tabs.values():
        expect(page.locator(".mg-counts")).to_have_text(re.compile("1 picture.*1 passage"), timeout=60_000)
    for page in tabs.values():
        page.locator("#mg-query textarea, #mg-query input").fill("a colour")
        page.keyboard.press("Enter")
    for colour, page in tabs.items():
        expect(page.locator(RAW)).to_have_count(2)
        assert set(page.locator(f"{RAW} .mg-id").all_inner_texts()) == {f"{colour}.png", f"{colour}.txt"}
    context.close()


def test_no_tab_keeps_a_connection_open_once_it_is_answered(sample):
    waiting = []
    sample.on("request", lambda request: waiting.append(request.url))
    for ended in ("requestfinished", "requestfailed"):  # the page ends the stream of answers, which is not an error
        sample.on(ended, lambda request: waiting.remove(request.url) if request.url in waiting else None)
    sample.locator("#mg-query textarea, #mg-query input").fill("goldfish")
    sample.keyboard.press("Enter")
    sample.wait_for_function("document.querySelector('.mg-lists')?.dataset.asked === 'goldfish'")
    sample.wait_for_timeout(500)

    assert [url for url in waiting if not url.startswith("data:")] == []


def test_two_visitors_at_once_never_see_each_others_items(browser, app_url, tmp_path):
    contexts = [browser.new_context(viewport={"width": 1400, "height": 900}) for _ in range(2)]
    pages = dict(zip(("red", "blue"), (context.new_page() for context in contexts), strict=True))
    for page in pages.values():
        open_uncalibrated(page, app_url)
    for colour, page in pages.items():
        page.locator("#mg-files input[type=file]").set_input_files(own_files(tmp_path / colour, colour))
    for (colour, page), other in zip(pages.items(), ("blue", "red"), strict=True):
        expect(page.locator("#mg-search")).to_be_visible(timeout=60_000)
        page.locator("#mg-query textarea, #mg-query input").fill(f"the colour {other}")
        page.keyboard.press("Enter")
        expect(page.locator(RAW)).to_have_count(2)
        whole = page.content()
        assert f"{colour}.png" in whole
        assert f"{other}.png" not in whole
        assert f"{other}.txt" not in whole
    for context in contexts:
        context.close()
