"""Take the pictures of the app that README and the docs show: `python docs/screenshots/take.py`.

Starts the app with the bundled model on a free port and drives it in Chromium: the sample, the first example.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

from modgap.ui import build_app
from modgap.ui.theme import launch_options

HERE = Path(__file__).parent
VIEWS = {"light": ("light", 1400, 880), "dark": ("dark", 1400, 880), "phone": ("light", 390, 844)}


def main() -> None:
    app = build_app()
    _, url, _ = app.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **launch_options())
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, (theme, width, height) in VIEWS.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(f"{url}?__theme={theme}")
            page.locator("#mg-start").click()
            page.locator(".mg-list-standardized .mg-card").first.wait_for(timeout=120_000)
            page.mouse.move(2, 2)  # off the cards, so that none is lit
            page.wait_for_timeout(800)  # fonts and thumbnails settle
            page.screenshot(path=HERE / f"{name}.png")
            page.close()
        browser.close()
    app.close(verbose=False)


if __name__ == "__main__":
    main()
