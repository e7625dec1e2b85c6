"""What readers of before NWB 2.10 lose of licks and rewards in events tables, and what they see of series.

PyNWB 3.1 and pynapple 0.11 pass over events tables without a word; with ``--events series`` both see everything.
"""

import json
import subprocess
import sys

import pytest

from nwbgate.conversion.session import convert_session
from nwbgate.interfaces.visual_behavior import VisualBehaviorConverter
from support.environments import python_with
from support.standard_session import GRATINGS

#: Everything that is told of licks and rewards.
LOST = {"licks", "reward_volume", "auto_rewarded"}
NAMES = """
import json, sys, warnings
warnings.simplefilter("ignore")
from pynwb import NWBHDF5IO, __version__
with NWBHDF5IO(sys.argv[1], "r") as io:
    nwbfile = io.read()
    series = {name: len(one.timestamps) for name, one in nwbfile.processing["behavior"].data_interfaces.items()
              if type(one).__name__ == "TimeSeries"}
    print(json.dumps([__version__, series, len(nwbfile.trials), sorted(getattr(nwbfile, "events", None) or [])]))
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """One session, converted with events tables and with series."""
    folder = tmp_path_factory.mktemp("events")
    for events in ("table", "series"):
        options = {name: {"events": events} for name in ("Licks", "Rewards")}
        converter = VisualBehaviorConverter.from_files(GRATINGS)
        convert_session(converter, folder / f"{events}.nwb", conversion_options=options, check=False)
    return {events: folder / f"{events}.nwb" for events in ("table", "series")}


@pytest.fixture(scope="module")
def pynwb_31(tmp_path_factory):
    """Return the Python of an environment with PyNWB 3.1, or skip where it cannot be installed."""
    return python_with(tmp_path_factory.mktemp("pynwb") / "environment", "pynwb==3.1.*")


def seen(python, path):
    """Return what a PyNWB reads: its version, the length of each series of behavior, trials, events tables."""
    done = subprocess.run([python, "-c", NAMES, path], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.slow
def test_pynwb_31_opens_both_and_does_not_see_events_tables(files, pynwb_31):
    version, of_table, trials, tables = seen(pynwb_31, files["table"])
    assert version.startswith("3.1.")
    assert not LOST & set(of_table)
    assert tables == []
    _, of_series, trials_of_series, _ = seen(pynwb_31, files["series"])
    assert set(of_series) - set(of_table) == LOST
    assert trials == trials_of_series == 20
    assert {name: of_series[name] for name in of_table} == of_table


def test_pynwb_4_sees_both(files):
    _, of_table, _, tables = seen(sys.executable, files["table"])
    _, of_series, _, none = seen(sys.executable, files["series"])
    assert (tables, none) == (["licks", "rewards"], [])
    assert set(of_series) - set(of_table) == LOST


def test_pynapple_does_not_see_events_tables_and_sees_series(files):
    pynapple = pytest.importorskip("pynapple")
    keys = {events: set(pynapple.load_file(str(path)).keys()) for events, path in files.items()}
    assert keys["series"] - keys["table"] == LOST
    assert keys["table"] < keys["series"]
