"""The page over a live engine, in a browser: searched in place, with its pictures, its map and its names."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

import modgap
from modgap.io.assets import asset_path
from modgap.search.live_collection import push
from modgap.ui.visit.sample import sample_corpus

pytestmark = pytest.mark.browser


@pytest.fixture
def engine_url(tmp_path, open_port) -> Iterator[str]:
    from modgap.ui.components.theme import launch_options
    from modgap.ui.page import build_page

    url = f"milvus://{tmp_path}/items.db?collection=wares&group=kind"
    push(modgap.Collection.encode(sample_corpus(), modgap.load_encoder(device="cpu")), url)
    port, app = open_port(), build_page(corpus=url, pictures=f"{asset_path('sample', 'corpus')}/{{id}}")
    app.launch(server_name="127.0.0.1", server_port=port, prevent_thread_lock=True, quiet=True, **launch_options())
    yield f"http://127.0.0.1:{port}/?__theme=light"
    app.close(verbose=False)


def test_visitors_search_the_operators_engine(engine_url: str, browser) -> None:
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(engine_url)
    start = page.get_by_role("button", name="Search this server's Milvus collection")
    start.click(timeout=60_000)
    expect(page.locator(".mg-counts")).to_have_text(re.compile("39 pictures.*120 passages"), timeout=60_000)
    expect(page.locator("#mg-corpus-summary")).to_contain_text("A live Milvus collection, searched in place.")
    expect(page.locator(".mg-sheet img")).to_have_count(39)
    expect(page.locator("#mg-sample")).to_be_hidden()

    page.locator("#mg-query textarea, #mg-query input").first.fill("solar panels on a roof")
    page.keyboard.press("Enter")
    first = page.locator(".mg-list-calibrated .mg-card").first
    expect(first).to_contain_text("solar-panel-array.webp", timeout=60_000)
    expect(first.locator("img")).to_have_attribute("src", re.compile("^data:image/webp"))
    expect(page.locator(".mg-list-raw .mg-card").first).to_contain_text("Passage")

    page.locator("#mg-tab-gap-button").click()
    expect(page.locator("#mg-gap-body h2").first).to_contain_text("severe", timeout=60_000)
    expect(page.locator("#mg-gap-body")).to_contain_text("Measured on a sample of the engine's vectors")
    page.get_by_role("tab", name="Take it home").click()
    body = page.locator("#mg-take-home-body")
    expect(body).to_contain_text("collection_name='wares'", timeout=60_000)
    expect(body).to_contain_text("kind ==")
    page.close()
