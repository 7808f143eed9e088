"""A story of pins, a link and a theme that stay, and what a query matches in a card, in the browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def search(page, words: str) -> None:
    page.locator("#mg-query textarea, #mg-query input").fill(words)
    page.keyboard.press("Enter")
    expect(page.locator(f'.mg-lists[data-asked="{words}"]')).to_have_count(1, timeout=30_000)


def test_pins_are_told_saved_and_opened_again(sample, tmp_path: Path) -> None:
    page = sample
    page.locator("#mg-story button", has_text="Your story").click()
    for words, caption in (("goldfish", "No fish by raw."), ("an old telescope", "Here they <b>are</b>.")):
        search(page, words)
        page.locator("#mg-pin-caption textarea, #mg-pin-caption input").fill(caption)
        page.locator("#mg-pin").click()
        expect(page.locator("#mg-pins li", has_text=words)).to_have_count(1)
    expect(page.locator("#mg-pins li")).to_have_count(2)
    assert page.locator("#mg-pins b").count() == 0, "a caption is text"

    with page.expect_download() as saved:
        page.locator("#mg-story-download").click()
    story = Path(saved.value.path())
    assert [pin["words"] for pin in json.loads(story.read_text())["pins"]] == ["goldfish", "an old telescope"]

    page.locator("#mg-present").click()
    bar = page.locator("#mg-story-bar")
    expect(bar).to_contain_text("No fish by raw.")
    expect(page.locator(".mg-lists[data-asked=goldfish]")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    expect(bar).to_contain_text("Here they <b>are</b>.")
    expect(page.locator(".mg-lists[data-asked='an old telescope']")).to_have_count(1)
    page.keyboard.press("l")
    expect(page.locator(".mg-list-raw")).to_be_visible()
    expect(page.locator(".mg-list-calibrated")).to_be_hidden()
    page.keyboard.press("l")
    expect(page.locator(".mg-list-calibrated")).to_be_visible()
    expect(page.locator(".mg-list-raw")).to_be_hidden()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Side by side").click()

    page.get_by_role("button", name="Remove goldfish from the story").click()
    expect(page.locator("#mg-pins li")).to_have_count(1)
    expect(page.locator(".mg-lists[data-asked='an old telescope']")).to_have_count(1)
    kept = tmp_path / "story.json"
    kept.write_bytes(story.read_bytes())
    with page.expect_file_chooser() as chooser:
        page.locator("#mg-story-file").click()
    chooser.value.set_files(kept)
    expect(page.locator("#mg-pins li")).to_have_count(2)
    page.locator("#mg-pins .mg-chip", has_text="goldfish").click()
    expect(page.locator(".mg-lists[data-asked=goldfish]")).to_have_count(1)


def test_a_link_brings_back_words_results_method_and_tab(visitor, app_url: str) -> None:
    visitor.goto(f"{app_url}&demo=1&q=solar+panels&k=7&with=rrf&tab=gap")
    expect(visitor.locator("#mg-tab-gap-button")).to_have_attribute("aria-selected", "true", timeout=60_000)
    visitor.locator("#mg-tab-search-button").click()
    lists = visitor.locator(".mg-lists[data-asked='solar panels'][data-k='7'][data-with=rrf]")
    expect(lists).to_have_count(1, timeout=30_000)
    expect(lists.locator(".mg-list-raw .mg-card")).to_have_count(7)
    expect(visitor.locator("#mg-query textarea, #mg-query input")).to_have_value("solar panels")

    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor.locator("#mg-link").click()
    expect(visitor.locator("#mg-link-said")).to_contain_text("The link is copied")
    link = visitor.evaluate("navigator.clipboard.readText()")
    assert link.endswith("?demo=1&q=solar+panels&k=7&with=rrf")


def test_an_address_that_nobody_should_write_changes_nothing_else(visitor, app_url: str) -> None:
    visitor.goto(f"{app_url}&demo=1&q=%3Cimg+src=x+onerror=alert(1)%3E&k=9999&with=oracle&tab=..%2Fx")
    lists = visitor.locator(".mg-lists[data-asked^='<img'][data-k='10'][data-with='']")
    expect(lists).to_have_count(1, timeout=60_000)
    assert visitor.locator("#mg-results img[src=x]").count() == 0


def test_a_theme_that_was_chosen_stays_after_a_reload(visitor, app_url: str) -> None:
    plain = app_url.partition("?")[0]
    visitor.emulate_media(color_scheme="light")
    visitor.goto(plain)
    visitor.locator("#mg-theme").click()
    expect(visitor.locator("body")).to_have_class("dark")
    visitor.goto(plain)
    visitor.locator("#mg-start").wait_for()
    visitor.wait_for_timeout(500)
    assert "dark" in (visitor.locator("body").get_attribute("class") or "")
    visitor.locator("#mg-theme").click()
    visitor.goto(plain)
    visitor.locator("#mg-start").wait_for()
    visitor.wait_for_timeout(500)
    assert "dark" not in (visitor.locator("body").get_attribute("class") or "")


def test_a_card_shows_what_the_query_matches(sample) -> None:
    search(sample, "a red screwdriver")
    for modality, shown in (("picture", ".mg-heat rect"), ("text", ".mg-words span")):
        card = sample.locator(f".mg-list-calibrated .mg-card-{modality}").first
        card.locator(".mg-why summary").click()
        card.locator(".mg-show-match").click()
        expect(card.locator(shown).first).to_be_visible(timeout=20_000)
    assert sample.locator(".mg-list-calibrated .mg-heat rect").count() == 36
    expect(sample.locator(".mg-lists[data-asked='a red screwdriver']")).to_have_count(1)
