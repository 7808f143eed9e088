"""Take the screenshots of the app for README and the docs: `python docs/screenshots/take.py`.

Starts the app with the bundled model on a free port and drives it in Chromium: the sample, its first example, each
tab, and the presenter's page. "before-and-after" are the two lists of one search, whose pictures raw never shows.
Two recordings, as animated WebP, show the lever between raw and calibrated, and "Why here?".
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from modgap.ui import build_app
from modgap.ui.components.theme import launch_options

HERE = Path(__file__).parent
BEFORE_AND_AFTER = "solar panels"


def main() -> None:
    app = build_app()
    _, url, _ = app.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **launch_options())
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        take(browser, url, "light", "light", (1400, 880), nothing)
        take(browser, url, "dark", "dark", (1400, 880), nothing)
        take(browser, url, "phone", "light", (390, 844), nothing)
        take(browser, url, "before-and-after", "light", (1200, 700), before_and_after)
        take(browser, url, "gap", "light", (1400, 1000), lambda page: enter(page, "gap", ".mg-map"))
        take(browser, url, "evaluate", "light", (1400, 1250), evaluate)
        take(browser, url, "captions", "light", (1400, 1000), captions)
        take(browser, url, "take-home", "dark", (1400, 1000), take_home)
        take(browser, url, "presenter", "dark", (1280, 720), present)
        record(browser, url, "lever", (900, 640), lever)
        record(browser, url, "why", (900, 980), why)
        browser.close()
    app.close(verbose=False)


def take(browser: Browser, url: str, name: str, theme: str, size: tuple[int, int], act: Callable[[Page], None]) -> None:
    """One screenshot NAME.png: the sample is loaded, `act` leads to the state to show."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(f"{url}?__theme={theme}&demo=1")
    page.locator(".mg-list-calibrated .mg-card").first.wait_for(timeout=120_000)
    act(page)
    page.mouse.move(2, 2)  # off the cards, so that none is highlighted
    page.wait_for_timeout(900)  # fonts and thumbnails settle
    page.screenshot(path=HERE / f"{name}.png")
    page.close()


Frames = Iterator[int]
"""Yields the milliseconds for which the page as it is now stays."""


def record(browser: Browser, url: str, name: str, size: tuple[int, int], act: Callable[[Page], Frames]) -> None:
    """One recording NAME.webp: a picture of the page at each step of `act`, with the time it stays."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(f"{url}?__theme=light&demo=1")
    page.locator(".mg-list-calibrated .mg-card").first.wait_for(timeout=120_000)
    frames, times = [], []
    for milliseconds in act(page):
        frames.append(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
        times.append(milliseconds)
    first, *rest = frames
    path = HERE / f"{name}.webp"
    first.save(path, save_all=True, append_images=rest, duration=times, loop=0, quality=72, method=6)
    page.close()


def lever(page: Page) -> Frames:
    """Raw, the slide of the cards, calibrated; and back at once, to loop."""
    one_list(page)
    page.locator(".mg-switch [data-show=raw]").click()
    page.wait_for_timeout(900)
    yield 1600
    page.evaluate(
        "document.querySelector('.mg-switch [data-show=calibrated]').click();"
        "document.getAnimations().forEach((each) => each.pause())"
    )
    for step in range(1, 13):
        page.evaluate("(t) => document.getAnimations().forEach((each) => (each.currentTime = t))", 400 * step / 13)
        yield 55
    page.evaluate("document.getAnimations().forEach((each) => each.finish())")
    yield 3200


def why(page: Page) -> Frames:
    """The first picture, and where its score lies in both distributions."""
    one_list(page)
    page.wait_for_timeout(600)
    yield 1500
    page.locator(".mg-list-calibrated .mg-card-picture .mg-why summary").first.click()
    page.locator(".mg-list-calibrated .mg-card-picture .mg-show-match").first.click()
    page.locator(".mg-card .mg-heat").first.wait_for()
    page.wait_for_timeout(600)
    yield 3500


def one_list(page: Page) -> None:
    """The calibrated list of the example, alone, without the panel beside it and what stands above."""
    page.locator("#mg-examples .mg-chip", has_text=BEFORE_AND_AFTER).click()
    page.locator(f".mg-lists[data-asked='{BEFORE_AND_AFTER}']").wait_for()
    page.get_by_role("button", name="One list that moves").click()
    hidden = "#mg-rail, .mg-header, #mg-tabs [role=tablist], #mg-options, #mg-history, .mg-keys"
    page.add_style_tag(content=f"{hidden} {{ display: none !important; }}")
    page.evaluate("window.scrollTo(0, 0)")
    page.mouse.move(2, 2)


def nothing(page: Page) -> None:
    """The page as it arrives."""


def enter(page: Page, tab: str, shown: str) -> None:
    """Open a tab and wait for what it shows."""
    page.locator(f"#mg-tab-{tab}-button").click()
    page.locator(shown).first.wait_for(timeout=60_000)


def before_and_after(page: Page) -> None:
    page.locator("#mg-examples .mg-chip", has_text=BEFORE_AND_AFTER).click()
    page.locator(f".mg-lists[data-asked='{BEFORE_AND_AFTER}']").wait_for()
    page.add_style_tag(content="#mg-rail, .mg-header, #mg-tabs [role=tablist] { display: none !important; }")


def evaluate(page: Page) -> None:
    enter(page, "evaluate", "#mg-evaluate-sample")
    page.locator("#mg-evaluate-sample").click()
    page.locator("#mg-evaluate-result tbody tr").first.wait_for(timeout=60_000)


def captions(page: Page) -> None:
    enter(page, "captions", "#mg-caption-example")
    page.locator("#mg-caption-example").click()
    page.locator("#mg-caption-result .mg-caption").first.wait_for(timeout=60_000)


def take_home(page: Page) -> None:
    enter(page, "take_home", ".mg-downloads")
    page.locator("#mg-take-home-body details summary").first.click()


def present(page: Page) -> None:
    page.locator("#mg-present").click()
    page.locator("#mg-story-bar").wait_for()
    page.keyboard.press("ArrowRight")
    page.locator(".mg-lists[data-asked='cup and saucer']").wait_for()


if __name__ == "__main__":
    main()
