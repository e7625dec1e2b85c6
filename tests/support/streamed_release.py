"""The sample release on a server of this machine, and streams of it."""

from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from nwbgate.conversion.batches.task import Settings
from nwbgate.fetching.content import Patience
from nwbgate.samples.visual_behavior import make_release
from nwbgate.storage.remote_files.address import as_path
from nwbgate.streaming.plan import Wish
from nwbgate.streaming.run import StreamOrder, open_stream
from support.faulty_server import serving

RECIPE = "visual-behavior"
#: Sessions without imaging, of 0.9 MB each, and one with two planes.
SMALL, LARGE = ("1900011401", "1900011501"), "1900011001"
QUICK = Patience(stall=1.0, tries=2, pause=0.001, longest_pause=0.002)


@contextmanager
def served_release(folder: Path):
    """A server of the sample release."""
    make_release(folder)
    with serving(folder) as server:
        yield server


def order_of(server, folder: Path, *, sessions=SMALL, output=None, limit=100_000_000, **more) -> StreamOrder:
    """A stream of some sessions, with its folders below `folder`."""
    settings = more.pop("settings", Settings(threads=1))
    wish = Wish(RECIPE, {"sessions": ",".join(sessions), **more.pop("options", {})}, None, settings)
    return StreamOrder(
        wish, as_path(output or folder / "nwb"), folder / "scratch", limit,
        **{"base_url": server.url, "patience": QUICK, **more},
    )  # fmt: skip


def streamed(order: StreamOrder, **how):
    """Run a stream, and return its outcomes by session."""
    with open_stream(order, **how) as (_, outcomes):
        return {outcome.session_id: outcome for outcome in outcomes}


def bytes_in(folder: Path) -> int:
    """Size of the files in a folder, some of which may vanish meanwhile."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            total += path.stat().st_size if path.is_file() else 0
    return total


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    with served_release(tmp_path_factory.mktemp("web")) as server:
        yield server
        server.faults.clear()
