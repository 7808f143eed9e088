"""Time until the app is usable, and time of a search, both measured in a browser.

    python -m benchmarks.speed.app_speed

First use: from the start of `modgap serve` until Chromium shows the page and its first button accepts a click, compared
with `import gradio, torch, open_clip` alone; medians over interleaved processes, and their ratio. The model loads in
the background, so the first result is timed too: from one click on that button until the sample is loaded, calibrated
and searched. A search: on the sample, from the key Enter until both lists of that query are on the page, by the
browser's clock, for words not searched before.
"""

from __future__ import annotations

import shutil
import socket
import statistics
import subprocess
import sys
import time

from playwright.sync_api import Browser, sync_playwright

from benchmarks.provenance import provenance

RUNS = 5
IMPORTS = "import gradio, torch, open_clip"
WORDS = ("red", "small", "old", "a bridge over water", "something to drink", "metal", "animals", "night sky", "paper")
THINGS = ("tool", "cup", "building", "photograph")
TIMED = """async (words) => {
    const box = document.querySelector("#mg-query textarea, #mg-query input");
    box.value = words;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((done) => setTimeout(done, 50));  // until the page has read the words
    const begun = performance.now();
    const shown = new Promise((done) => {
        const look = () => document.querySelector(".mg-lists")?.dataset.asked === words && done(performance.now());
        new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
    });
    box.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", code: "Enter", bubbles: true }));
    box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", bubbles: true }));
    return (await shown) - begun;
}"""


def imports() -> float:
    """Seconds of the imports alone, in a separate process."""
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", IMPORTS], check=True)
    return time.monotonic() - begun


def first_use(browser: Browser) -> tuple[float, float]:
    """Seconds from the command until the first button can be clicked, and from its click until both lists show."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    begun = time.monotonic()
    serving = subprocess.Popen(
        [sys.executable, "-m", "modgap", "serve", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/", wait_until="commit")
        page.locator("#mg-start").click(trial=True, timeout=60_000)
        usable = time.monotonic() - begun
        page.locator("#mg-start").click()
        page.locator(".mg-list-calibrated .mg-card").first.wait_for(timeout=120_000)
        answered = time.monotonic() - begun
        page.close()
        return usable, answered - usable
    finally:
        serving.terminate()
        serving.wait()


def _wait_for(port: int) -> None:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:  # the server does not listen yet
            time.sleep(0.05)


def searches(browser: Browser) -> list[float]:
    """Milliseconds of each search on the sample."""
    from modgap.ui import build_app
    from modgap.ui.components.theme import launch_options

    app = build_app()
    _, url, _ = app.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **launch_options())
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(f"{url}?demo=1")
    page.locator(".mg-list-calibrated .mg-card").first.wait_for(timeout=120_000)
    page.wait_for_timeout(2000)
    taken = [page.evaluate(TIMED, f"{words} {thing}") for words in WORDS for thing in THINGS]
    app.close(verbose=False)
    return taken


def main() -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        imports()  # fills the disk cache for both
        alone, firsts = zip(*((imports(), first_use(browser)) for _ in range(RUNS)), strict=True)
        used, answered = zip(*firsts, strict=True)
        taken = sorted(searches(browser))
        browser.close()
    ratio = statistics.median(b / a for a, b in zip(alone, used, strict=True))
    print(f"{IMPORTS}: {statistics.median(alone):.1f} s")
    print(f"modgap serve until the page takes a click: {statistics.median(used):.1f} s, {ratio:.2f} times that")
    print(f"from one click on it until both rankings of the sample show: {statistics.median(answered):.2f} s")
    print(
        f"a search on the sample, {len(taken)} new queries in the browser: median {statistics.median(taken):.0f} ms, "
        f"95 % within {taken[int(0.95 * len(taken))]:.0f} ms, longest {taken[-1]:.0f} ms"
    )
    print(provenance())


if __name__ == "__main__":
    main()
