"""A real Chromium, driven by Playwright, and what a test of a page asks of it. Without a browser tests fail."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nwbgate.browser.serving.library import Library
from nwbgate.browser.serving.server import BrowserServer

#: As root in a container, without a graphics card, and without a word to its makers.
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
#: Where pictures of the page are kept, to be looked at.
PICTURES = Path(os.environ.get("NWBGATE_PICTURES", Path(__file__).parents[2] / ".venv" / "pictures"))
#: Waits until all tracks are drawn from all that they need. No `wait_for_function`: the page's policy forbids eval.
SETTLED = """() => new Promise((resolve, reject) => {
  const end = performance.now() + 30000;
  let quiet = 0;
  const look = () => {
    quiet = document.querySelector(".timeline")?.dataset.settled === "true" ? quiet + 1 : 0;
    if (quiet > 3) resolve(performance.now());
    else if (performance.now() > end) reject(new Error("the page did not settle"));
    else requestAnimationFrame(look);
  };
  look();
})"""


@contextmanager
def chromium() -> Iterator[Any]:
    """Give a running Chromium."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "no Chromium: apt-get install chromium (.ci/run installs it)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS), headless=True)
        yield browser
        browser.close()


@contextmanager
def served(library: Library) -> Iterator[BrowserServer]:
    """Give a server of a library that runs."""
    server = BrowserServer(library)
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
    library.close()


@contextmanager
def page_at(browser: Any, address: str, **options: Any) -> Iterator[Any]:
    """Give a page that has settled; no error of its scripts, and no request to another place, is accepted."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)
    page = context.new_page()
    errors: list[str] = []
    asked: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.evaluate(SETTLED)
    page.asked = asked
    yield page
    assert not errors, errors
    # What a page may ask: its own host, or where it is a file, what lies beside it.
    own = (
        address.partition("#")[0].rsplit("/", 1)[0] if address.startswith("file:") else address[: address.index("/", 8)]
    )
    foreign = [url for url in asked if not url.startswith((own, "data:", "blob:"))]
    assert not foreign, foreign
    context.close()
