"""The tab of captions in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)


def test_the_example_and_then_a_picture_of_ones_own(visitor, tmp_path: Path):
    visitor.get_by_role("tab", name="Captions").click()
    visitor.get_by_role("button", name="Example").click()

    cards = visitor.locator(".mg-caption")
    expect(cards).to_have_count(3, timeout=60_000)
    expect(cards.first).to_contain_text("higher than")
    expect(cards.first.locator(".mg-helps").nth(1)).to_contain_text("+lizard")
    expect(visitor.locator(".mg-held")).to_contain_text("the sample corpus")

    Image.new("RGB", (64, 64), "skyblue").save(tmp_path / "sky.png")
    visitor.locator("#mg-caption-file input[type=file]").set_input_files(tmp_path / "sky.png")
    expect(visitor.locator("#mg-caption-preview")).to_contain_text("sky.png")
    visitor.locator("#mg-caption-words textarea").fill("a blue sky\n<b>bold</b>")
    visitor.get_by_role("button", name="Score").click()
    expect(cards).to_have_count(2)
    expect(cards.nth(1).locator("h3")).to_have_text("<b>bold</b>")


def test_without_a_picture_it_says_so(visitor):
    visitor.get_by_role("tab", name="Captions").click()
    visitor.locator("#mg-caption-words textarea").fill("a dog")
    visitor.get_by_role("button", name="Score").click()
    expect(visitor.locator("#mg-caption-status")).to_contain_text("There is no picture yet")
