"""What was opened as tables by name: attributes, planes, and what is known only by its place in the file."""

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from nwbgate.cli.verbs.show import show
from nwbgate.errors import UsageError
from nwbgate.reading.format.row_counts import group_length, row_count
from nwbgate.reading.named_tables import NamedTables, as_table
from nwbgate.reading.opening import open_nwb
from nwbgate.reading.projects.project import Project
from support.converted_sessions import converted_recordings, converted_release, session_files
from support.range_server import serving


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return converted_release(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module", params=["standard", "released"])
def session(request, release):
    if request.param == "standard":
        return open_nwb(session_files(release)["1900011001"])
    return open_nwb(next(release.rglob("behavior_ophys_experiment_1900011010.nwb")))


def test_tables_of_a_session_are_its_attributes(session):
    tables = NamedTables(session)
    assert tables["trials"] is session.trials
    assert tables["planes/VISp_150/dff_traces"] is session.planes["VISp_150"].dff_traces
    assert dict(zip(*tables["metadata"].to_numpy().T, strict=True)) == session.metadata
    np.testing.assert_array_equal(tables["reward_rate"]["reward_rate"], session.reward_rate)
    assert len(tables) == len(list(tables))


def test_counts_are_the_lengths_of_the_tables(session):
    entries = NamedTables(session).entries
    counts = {name: entry.count() for name, entry in entries.items() if not entry.by_path}
    for name in ("trials", "stimulus_presentations", "licks", "rewards", "running_speed", "eye_tracking"):
        assert counts[name] == len(getattr(session, name)), name
    assert counts["metadata"] is None


def test_counts_of_what_is_named_by_its_place_are_the_lengths_too(session):
    tables = NamedTables(session)
    for name, entry in tables.entries.items():
        if entry.by_path and entry.count() is not None:
            assert entry.count() == len(tables[name]), name


def test_tables_of_a_recording(tmp_path_factory):
    path = next(iter(session_files(converted_recordings(tmp_path_factory.getbasetemp())).values()))
    recording = open_nwb(path)
    tables = NamedTables(recording)
    assert list(tables)[:5] == ["spike_times", "voltage", "baseline_subtracted", "dff", "metadata"]
    assert list(tables["voltage"].columns) == ["timestamps", "voltage"]
    for name in ("spike_times", "voltage", "baseline_subtracted", "dff"):
        assert tables.entries[name].count() == len(tables[name])


def test_tables_of_a_project(release):
    project = Project(release / "release")
    tables = NamedTables(project)
    assert list(tables) == ["behavior_sessions", "ophys_sessions", "ophys_experiments", "ophys_cells", "mice"]
    assert tables["ophys_cells"] is project.ophys_cells
    assert tables.entries["mice"].count() == 2
    with pytest.raises(UsageError, match="did you mean 'ophys_cells'"):
        tables["ophys_cell"]


def test_a_list_of_names_is_cut(session):
    with pytest.raises(UsageError, match=r"one of trials, .* and \d+ more"):
        NamedTables(session)["x"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.arange(3), {"x": [0, 1, 2]}),
        (np.float64(2), {"x": [2.0]}),
        (np.arange(4).reshape(2, 2), {0: [0, 2], 1: [1, 3]}),
        (np.arange(8).reshape(2, 2, 2), {0: [0, 4], 1: [1, 5], 2: [2, 6], 3: [3, 7]}),
        ({"a": 1, "b": [2]}, {"name": ["a", "b"], "value": [1, [2]]}),
    ],
)
def test_arrays_and_dicts_are_laid_out_as_tables(value, expected):
    assert as_table(value, "x").to_dict("list") == expected


def test_an_error_of_ours_is_not_taken_for_a_table_that_is_not_there(session, monkeypatch):
    tables = NamedTables(session)
    monkeypatch.setattr(type(session), "licks", property(lambda self: pd.DataFrame().no_such_thing))
    with pytest.raises(AttributeError, match="no_such_thing"):
        tables["licks"]


def test_what_has_no_rows_has_no_count(session):
    layout = "released" if session.layout == "released" else "standard"
    assert row_count(session.file, "no such table", layout) is None
    assert row_count(session.file, "task_parameters", layout) in (None, 1)
    assert group_length(session.file["general"]) is None


def test_a_table_is_shown_from_a_server(release):
    path = session_files(release)["1900011001"]
    with serving(path.parent) as server:
        far = CliRunner().invoke(show, [server.url(path.name), "trials", "--csv"])
    near = CliRunner().invoke(show, [str(path), "trials", "--csv"])
    assert far.stdout == near.stdout != ""
