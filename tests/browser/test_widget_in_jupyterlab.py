"""The widget in a real JupyterLab: drawn from the notebook's own connection, without a port or another host."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress

import pytest

from support.browsed_files import HOSTILE, write_any
from support.chromium import PICTURES, SETTLED, chromium

pytestmark = pytest.mark.slow


#: A widget whose findings and results of quality control are as hostile as the texts of the file.
SOURCE = """
import nwbgate
from nwbgate.browser.tracks.marks import FileJudgement, Mark
hostile = {hostile!r}
widget = nwbgate.browse({path!r})
results = dict.fromkeys(("object", "metric", "value", "unit", "reason"), hostile)
mark = Mark(hostile, "error", hostile, hostile)
widget.library.judge({{{path!r}: FileJudgement(True, True, [mark], [results | {{"status": "Fail"}}])}})
widget"""


def notebook(path) -> dict:
    """A notebook with one cell, which shows a file."""
    cell = {"cell_type": "code", "execution_count": None, "id": "a", "metadata": {}, "outputs": []}
    source = SOURCE.format(path=str(path), hostile=HOSTILE)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {
        "cells": [{**cell, "source": source}],
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Run JupyterLab over a folder with the notebook; give its address."""
    folder = tmp_path_factory.mktemp("lab")
    path = write_any(folder / "any.nwb", HOSTILE)
    (folder / "a.ipynb").write_text(json.dumps(notebook(path)))
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"]
    options = ["--ServerApp.port=0", "--IdentityProvider.token=secret", f"--ServerApp.root_dir={folder}"]
    options += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    homes = {name: str(folder / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
    environment = {**os.environ, **homes, "IPYTHONDIR": str(folder / "ipython")}
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen([*command, *options], stderr=log, env=environment) as running,
    ):
        try:
            yield address_of(folder / "log", running)
        finally:
            running.terminate()


def address_of(log, running) -> str:
    """Wait until JupyterLab says where it is and answers."""
    for _ in range(600):
        found = re.search(r"(http://127\.0\.0\.1:\d+)/lab", log.read_text())
        if found:
            with suppress(urllib.error.URLError):  # the log names the address a moment before it listens
                urllib.request.urlopen(f"{found[1]}/api/status?token=secret").close()
                return found[1]
        assert running.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def test_a_cell_shows_the_file_and_asks_nobody_else(lab):
    asked: list[str] = []
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{lab}/lab/tree/a.ipynb?token=secret")
        page.get_by_text("| Idle").wait_for(timeout=120_000)  # a cell that is run before is silently not run
        page.locator(".jp-Cell .cm-content").first.click()
        page.keyboard.press("Shift+Enter")
        page.wait_for_selector(".nwbgate-browser .timeline", timeout=120_000)
        page.evaluate(SETTLED)
        assert "acquisition" in page.inner_text(".nwbgate-browser .tracks")
        page.evaluate("document.querySelector('.nwbgate-browser').browserPage.view.show({ start: 2, stop: 4 })")
        page.evaluate(SETTLED)
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / "jupyterlab.png")
        page.get_by_role("tab", name="Findings").click()
        assert page.inner_text(".nwbgate-browser [role=tabpanel]").count(HOSTILE) >= 6
        assert HOSTILE in page.inner_text(".nwbgate-browser header .about")
        assert not page.query_selector(".nwbgate-browser img")
        page.get_by_role("tab", name="About").click()
        assert HOSTILE in page.inner_text(".nwbgate-browser [role=tabpanel]")
        assert "caught" not in page.title()
    assert [url for url in asked if not url.startswith((lab, "data:", "blob:"))] == []
