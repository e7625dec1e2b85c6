"""Units as numbers about each."""

from datetime import UTC, datetime

import h5py
import numpy as np
import pytest
from pynwb import NWBHDF5IO, NWBFile

from nwbgate.reading.facts.file_frames import session_frames
from support.standard_session import GRATINGS


@pytest.fixture
def path(tmp_path):
    nwb = NWBFile(session_description="one", identifier="one", session_start_time=datetime(2020, 1, 1, tzinfo=UTC))
    device = nwb.create_device(name="Amplifier")
    groups = [
        nwb.create_electrode_group(name=name, description="A pipette.", location="VISp", device=device) for name in "ab"
    ]
    for group in groups:
        nwb.add_electrode(group=group, location="VISp")
    nwb.add_unit(
        spike_times=[0.5, 1.5, 9.0], obs_intervals=[[0.0, 1.0], [2.0, 10.0]], electrodes=[0], electrode_group=groups[0]
    )
    nwb.add_unit(
        spike_times=[3.0, 2.0, 2.0],
        obs_intervals=[[0.0, 5.0], [4.0, 3.0]],
        electrodes=[0, 1],
        electrode_group=groups[1],
    )
    nwb.add_unit(spike_times=[], obs_intervals=np.zeros((0, 2)), electrodes=[], electrode_group=groups[0])
    with NWBHDF5IO(tmp_path / "units.nwb", "w") as io:
        io.write(nwb)
    return tmp_path / "units.nwb"


def spikes(path):
    return session_frames(path, ["spikes"])["spikes"]


def test_spikes_are_counted_ordered_and_held_against_their_intervals(path):
    found = spikes(path)
    assert found["n_spikes"].tolist() == [3, 3, 0]
    assert found[["n_unsorted", "n_repeated"]].to_numpy().tolist() == [[0, 0], [1, 1], [0, 0]]
    assert found["n_outside"].tolist() == [1, 0, 0]
    assert found["n_bad_intervals"].tolist() == [0, 2, 0]
    assert found.loc[0, ["first", "last", "observed_from", "observed_to"]].tolist() == [0.5, 9.0, 0.0, 10.0]
    assert found.loc[2].isna()[["first", "observed_from"]].all()


def test_electrodes_are_looked_up(path):
    found = spikes(path)
    assert found["n_electrodes"].tolist() == [1, 2, 0]
    assert found["n_dangling_electrodes"].tolist() == [0, 0, 0]
    assert found["electrode_group"].tolist() == ["a", "b", "a"]
    assert found["electrodes_group"].tolist() == ["a", "a; b", ""]


def test_an_electrode_that_is_not_there_dangles(path):
    with h5py.File(path, "r+") as file:
        file["units/electrodes"][0] = 7
    assert spikes(path)["n_dangling_electrodes"].tolist() == [1, 0, 0]


def test_nan_is_counted_and_left_out(path):
    with h5py.File(path, "r+") as file:
        file["units/spike_times"][1] = np.nan
    assert spikes(path).loc[0, ["n_nan", "n_unsorted", "n_outside"]].tolist() == [1, 0, 0]


def test_what_the_table_does_not_have_is_not_counted(path):
    with h5py.File(path, "r+") as file:
        for name in ("obs_intervals", "electrodes", "electrode_group"):
            del file[f"units/{name}"]
        del file["general/extracellular_ephys/electrodes"]
    told = ["n_intervals", "n_outside", "n_electrodes", "electrode_group"]
    assert spikes(path)[told].isna().all(axis=None)


def test_electrodes_of_no_table_dangle(path):
    with h5py.File(path, "r+") as file:
        del file["general/extracellular_ephys/electrodes/group_name"]
    assert spikes(path)["n_dangling_electrodes"].tolist() == [1, 2, 0]


def test_a_file_without_units_has_no_spikes():
    assert "spikes" not in session_frames(GRATINGS)
