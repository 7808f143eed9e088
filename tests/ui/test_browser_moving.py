"""One list that moves: the lever between raw and calibrated, by mouse and by keys, with motion and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
COUNT = """() => {
    window.moved = 0;
    const animate = window.animated ??= Element.prototype.animate;
    Element.prototype.animate = function (...how) {
        window.moved += this.matches(".mg-card");
        return animate.apply(this, how);
    };
}"""


def test_the_cards_slide_between_the_rankings(sample):
    expect(sample.locator(".mg-list-raw")).to_be_visible()
    sample.get_by_role("button", name="One list that moves").click()
    raw, calibrated = sample.locator(".mg-list-raw"), sample.locator(".mg-list-calibrated")
    expect(raw).to_be_hidden()
    expect(calibrated).to_be_visible()

    lever = sample.locator(".mg-switch")
    expect(lever.get_by_role("button", name="Calibrated")).to_be_focused()
    sample.evaluate(COUNT)
    sample.keyboard.press("ArrowLeft")
    expect(raw).to_be_visible()
    expect(calibrated).to_be_hidden()
    expect(lever.get_by_role("button", name="Raw")).to_have_attribute("aria-pressed", "true")
    assert sample.evaluate("moved") == 10

    sample.evaluate(COUNT)
    sample.emulate_media(reduced_motion="reduce")
    lever.get_by_role("button", name="Calibrated").click()
    expect(calibrated).to_be_visible()
    assert sample.evaluate("moved") == 0
    sample.emulate_media(reduced_motion="no-preference")

    sample.get_by_role("button", name="Side by side").click()
    expect(raw).to_be_visible()
    expect(calibrated).to_be_visible()


def test_a_new_search_keeps_the_view(sample):
    sample.get_by_role("button", name="One list that moves").click()
    sample.locator("#mg-query textarea, #mg-query input").fill("goldfish")
    sample.keyboard.press("Enter")
    expect(sample.locator(".mg-lists[data-asked=goldfish]")).to_have_count(1, timeout=30_000)
    expect(sample.locator(".mg-list-raw")).to_be_hidden()
    expect(sample.locator(".mg-list-calibrated")).to_be_visible()
    sample.get_by_role("button", name="Side by side").click()


def test_what_falls_below_the_least_fit_folds_away(sample):
    sample.locator("#mg-query textarea, #mg-query input").fill("tools with red handles")
    sample.keyboard.press("Enter")
    expect(sample.locator(".mg-lists[data-asked='tools with red handles']")).to_have_count(1, timeout=30_000)
    number = sample.locator("#mg-floor input[type=number]")
    number.fill("0.95")
    number.press("Tab")
    folded = sample.locator(".mg-list-calibrated .mg-weaker")
    expect(folded.locator("> summary")).to_contain_text("below the least fit", timeout=30_000)
    shown = sample.locator(".mg-list-calibrated > .mg-cards .mg-card")
    assert 0 < shown.count() < 10
    expect(folded.locator(".mg-card").first).to_be_hidden()
    folded.locator("> summary").click()
    expect(folded.locator(".mg-card").first).to_be_visible()
    number.fill("0")
    number.press("Tab")
    expect(folded).to_have_count(0, timeout=30_000)
    expect(shown).to_have_count(10)


def test_a_card_says_why_it_is_here(sample):
    sample.locator("#mg-query textarea, #mg-query input").fill("goldfish")
    sample.keyboard.press("Enter")
    expect(sample.locator(".mg-lists[data-asked=goldfish]")).to_have_count(1, timeout=30_000)
    why = sample.locator(".mg-list-calibrated .mg-card-picture").first.locator(".mg-why")
    why.locator("summary").click()
    expect(why).to_contain_text("higher than the best picture of")
    expect(why.locator("figure .mg-mark-picture")).to_have_count(2)
    expect(why.locator("svg").first).to_have_attribute("aria-label", re.compile("this result at 0\\.\\d\\d$"))
    expect(sample.locator(".mg-lists[data-asked=goldfish]")).to_have_count(1)  # the card did not search by itself
