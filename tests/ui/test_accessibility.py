"""axe-core in the browser, on every state of the page: no serious finding of ours.

What is Gradio's own is listed below by rule and place, with what it means to a visitor; `docs/HOSTING.md` names it too.
A finding that is listed and no longer found is not a failure: Gradio may have fixed it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

axe = pytest.importorskip("axe_playwright_python", reason="axe-core comes with the test extra: axe-playwright-python")

pytestmark = pytest.mark.browser
SCRIPT = Path(axe.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPEN_ALL = """() => {
    document.querySelectorAll("details").forEach(each => each.open = true);
    document.querySelectorAll("button.label-wrap:not(.open)").forEach(each => each.click());
}"""
OF_GRADIO: dict[tuple[str, str], str] = {}
"""(rule, part of the element's HTML) -> what it means."""


def findings(page: Any) -> list[str]:
    """Serious and critical violations that are not Gradio's own, each as one line."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(SCRIPT)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    return [
        f"{each['id']}: {node['html'][:200]} at {node['target']}: {node['failureSummary'][:300]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
        if not any(each["id"] == rule and part in node["html"] for rule, part in OF_GRADIO)
    ]


@pytest.fixture(params=[("light", 1400), ("dark", 1400), ("dark", 390)], ids=str)
def page(request, browser, app_url):
    """A fresh visitor, by theme and by width."""
    theme, width = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(app_url.replace("__theme=light", f"__theme={theme}"))
    page.locator("#mg-start").wait_for()
    yield page
    context.close()


def test_every_state_of_the_page_has_no_serious_finding(page):
    assert findings(page) == [], "on arrival"

    page.locator("#mg-start").click()
    expect(page.locator(".mg-list-calibrated .mg-card").first).to_be_visible(timeout=60_000)
    page.wait_for_timeout(300)
    assert findings(page) == [], "with results"

    page.evaluate(OPEN_ALL)
    page.wait_for_timeout(300)
    assert findings(page) == [], "with all that folds open"

    for tab in page.locator("#mg-tabs [role=tab]:visible").all()[1:]:
        tab.click()
        page.wait_for_timeout(500)
        assert findings(page) == [], tab.inner_text()


def test_an_error_and_a_search_by_picture_have_no_serious_finding(visitor, tmp_path):
    (tmp_path / "empty.txt").write_bytes(b"")
    visitor.locator("#mg-files input[type=file]").set_input_files([tmp_path / "empty.txt"])
    expect(visitor.locator("#mg-status [role=alert]")).to_be_visible(timeout=60_000)
    assert findings(visitor) == []

    visitor.locator("#mg-start").click()
    expect(visitor.locator(".mg-list-calibrated .mg-card").first).to_be_visible(timeout=60_000)
    visitor.locator(".mg-thumb").first.click()
    expect(visitor.locator(".mg-asked")).to_be_visible()
    assert findings(visitor) == []


def test_new_results_are_announced_in_a_sentence(sample):
    sample.locator("#mg-query textarea, #mg-query input").fill("goldfish")
    sample.keyboard.press("Enter")
    expect(sample.locator("#mg-results [role=status]").first).to_have_text(
        re.compile(r"Results for goldfish: 10 raw, \d+% pictures; 10 calibrated, \d+% pictures\.")
    )


def test_the_check_itself_finds_a_fault_of_ours(visitor):
    # above everything: axe judges no contrast of what a loading page still covers
    visitor.evaluate("""document.body.insertAdjacentHTML("beforeend", `
        <main style="position:fixed;inset:0;z-index:2147483647;background:#fff">
        <img src="data:," style="width:9px;height:9px"><p style="color:#ccc;background:#fff">pale</p></main>`)""")

    assert {each.split(":")[0] for each in findings(visitor)} == {"image-alt", "color-contrast"}
