"""The catalogue of objects that are a picture and a text at once, in a browser; and a table that a visitor uploads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_catalogue_shows_each_object_once_and_which_side_found_it(visitor):
    visitor.locator("#mg-catalogue").click()
    first = visitor.locator(".mg-list-calibrated .mg-card").first
    expect(first).to_contain_text("found by its picture", timeout=60_000)
    expect(visitor.locator("#mg-corpus-summary")).to_contain_text("39 items are both at once")
    ids = visitor.locator(".mg-list-calibrated .mg-id").all_inner_texts()
    assert len(set(ids)) == len(ids) == 10

    visitor.locator("#mg-query textarea, #mg-query input").fill("flame-retardant cloth for a theatre")
    visitor.keyboard.press("Enter")
    expect(first.locator(".mg-id")).to_have_text("m122", timeout=30_000)
    expect(first).to_contain_text("found by its text")
    expect(first.locator(".mg-found")).to_have_attribute("title", re.compile(r"^passage z \+.*; picture z "))
    expect(visitor.locator("#mg-sample")).to_be_visible()


def test_a_table_of_a_shop_is_read_without_an_option(visitor, tmp_path: Path):
    for colour in ("red", "green", "blue"):
        Image.new("RGB", (64, 64), colour).save(tmp_path / f"{colour}.png")
    rows = ["sku,title,description,image_path"]
    rows += [f"{c[0]}1,Mug,For {drink} in the morning.,{c}.png" for c, drink in (("red", "tea"), ("green", "milk"))]
    rows += ["b1,Plate,Washed by hand.,blue.png", "v1,Voucher,Money to spend.,"]
    (tmp_path / "shop.csv").write_text("\n".join(rows), encoding="utf-8")
    pictures = [tmp_path / f"{colour}.png" for colour in ("red", "green", "blue")]

    visitor.locator("#mg-files input[type=file]").set_input_files([tmp_path / "shop.csv", *pictures])
    form = visitor.locator("#mg-mapping")
    expect(form).to_contain_text("Columns of shop.csv", timeout=60_000)
    form.locator("summary").click()
    expect(form.get_by_role("row", name="description For tea in the morning.")).to_be_visible()
    expect(form.locator("#mg-text-columns")).to_contain_text("description")
    visitor.locator("#mg-accept").click()

    panel = visitor.locator("#mg-corpus-summary")
    expect(panel).to_contain_text("3 items are both at once", timeout=60_000)
    panel.get_by_text("Columns of shop.csv").click()
    expect(panel.get_by_role("row", name="searched as text title, description")).to_be_visible()
    expect(form).to_be_hidden()


def test_columns_with_unusual_names_are_chosen_in_the_form(visitor, tmp_path: Path):
    Image.new("RGB", (64, 64), "red").save(tmp_path / "rot.png")
    rows = ["nr,bezeichnung,bild", "a1,Ein roter Becher,rot.png", "a2,Ein Gutschein,"]
    (tmp_path / "laden.csv").write_text("\n".join(rows), encoding="utf-8")
    files = [tmp_path / "laden.csv", tmp_path / "rot.png"]
    visitor.locator("#mg-files input[type=file]").set_input_files(files)

    form = visitor.locator("#mg-mapping")
    expect(form).to_contain_text("No column has a usual name", timeout=60_000)
    for place, name in (("#mg-text-columns", "bezeichnung"), ("#mg-image-column", "bild"), ("#mg-id-column", "nr")):
        form.locator(f"{place} input").first.click()
        form.locator(place).get_by_role("option", name=name).click()
        visitor.keyboard.press("Escape")
    visitor.locator("#mg-accept").click()
    expect(visitor.locator("#mg-corpus-summary")).to_contain_text("1 items are both at once", timeout=60_000)


def test_words_are_added_to_a_picture_and_taken_away_again(sample):
    sample.locator(".mg-thumb[title='espresso cup']").click()
    asked = sample.locator(".mg-asked")
    expect(asked).to_contain_text("Searching by picture espresso cup", timeout=30_000)
    alone = sample.locator(".mg-list-calibrated .mg-id").all_inner_texts()

    sample.locator("#mg-query textarea, #mg-query input").fill("yellow")
    sample.locator("#mg-together input").check()
    expect(asked).to_contain_text("and the words yellow", timeout=30_000)
    expect(sample.locator(".mg-list-calibrated .mg-id").filter(has_text="teacup-yellow")).to_have_count(1)
    both = sample.locator(".mg-list-calibrated .mg-id").all_inner_texts()
    assert both != alone

    sample.locator("#mg-together input").uncheck()
    expect(asked).not_to_contain_text("and the words", timeout=30_000)
    assert sample.locator(".mg-list-calibrated .mg-id").all_inner_texts() == alone

    sample.get_by_role("button", name="Back to words").click()
    expect(asked).to_have_count(0, timeout=30_000)
    expect(sample.locator("#mg-together")).to_be_hidden()
