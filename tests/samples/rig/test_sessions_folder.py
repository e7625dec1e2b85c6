"""The sample: the same each time, and with the streams that its sessions should have."""

import h5py
import numpy as np
import pytest
from click.testing import CliRunner

from nwbgate.cli.verbs.sample import sample
from nwbgate.errors import UsageError
from nwbgate.samples.rig.session import SESSIONS
from nwbgate.samples.rig.sessions_folder import make_session, make_sessions
from nwbgate.samples.rig.sync_recording import imaging_pulses, stimulus_times
from support.rig_sample import BY_FOLDER, rig_sample


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return rig_sample(tmp_path_factory.getbasetemp())


def test_each_session_has_a_folder(made):
    assert {path.name for path in made.iterdir()} == {*(session.folder for session in SESSIONS), "image_sets"}


def test_a_session_is_the_same_each_time(made, tmp_path):
    session = BY_FOLDER["ophys_multi_plane"]
    make_session(tmp_path / session.folder, session)
    for path in (tmp_path / session.folder).rglob("*.pkl"):
        assert path.read_bytes() == (made / session.folder / path.name).read_bytes()
    for path in (tmp_path / session.folder).rglob("*.h5"):
        twin = made / path.relative_to(tmp_path)
        with h5py.File(path) as ours, h5py.File(twin) as theirs:
            assert list(ours) == list(theirs)
            datasets = [name for name in ours if isinstance(ours[name], h5py.Dataset)]
            assert all(np.array_equal(ours[name][()], theirs[name][()]) for name in datasets)


def test_every_kind_of_trial_is_played():
    kinds = {trial.kind for trial in BY_FOLDER["ophys_single_plane"].task.trials}
    assert kinds == {"auto", "hit", "aborted", "miss", "catch_quiet", "catch_lick"}
    assert BY_FOLDER["ophys_passive"].task.licks == []


def test_rigs_send_surplus_pulses():
    session = BY_FOLDER["ophys_single_plane"]
    assert len(stimulus_times(session)) == session.frames + 1
    pulses = imaging_pulses(session)
    assert pulses[0] < stimulus_times(session)[0] < pulses[-1]


def test_an_existing_sample_is_not_replaced_unasked(made):
    with pytest.raises(UsageError, match="5 sessions of the sample exist"):
        make_sessions(made)


def test_the_command_names_what_comes_next(tmp_path):
    result = CliRunner().invoke(sample, ["visual-behavior-rig", str(tmp_path / "rig")])
    assert result.exit_code == 0, result.output
    assert "6 made in" in result.output
    assert "nwbgate convert visual-behavior-rig" in result.output
