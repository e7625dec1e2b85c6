"""What all tests share: where the development data is, and a home for dandi's state."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from support.development_data import shared

#: Fixtures that tests of several rooms share.
pytest_plugins = ["support.made_reports"]


def pytest_configure() -> None:
    """Keep dandi off the network; let SIGINT interrupt, as at a terminal, where a background job ignores it.

    Both reach the processes that tests start. No example has a deadline.
    """
    os.environ["DANDI_NO_ET"] = "1"
    settings.register_profile("untimed", deadline=None)  # a machine that others use, too, is slow for a moment
    settings.load_profile("untimed")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def _dandi_state(tmp_path_factory: pytest.TempPathFactory) -> None:
    state = tmp_path_factory.mktemp("state")
    for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        os.environ[name] = str(state / name.lower())


@pytest.fixture(scope="session")
def real_recordings() -> list[Path]:
    """The three recordings with real spike times and real dF/F."""
    return sorted(shared("dataset_ii").glob("*.h5"))
