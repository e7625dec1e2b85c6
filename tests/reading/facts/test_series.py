"""Series and clocks as numbers about them."""

from datetime import UTC, datetime

import h5py
import numpy as np
import pytest
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.ecephys import ElectricalSeries

from nwbgate.reading.facts.file_frames import session_frames
from support.standard_session import ACTIVE


@pytest.fixture
def path(tmp_path):
    nwb = NWBFile(session_description="one", identifier="one", session_start_time=datetime(2020, 1, 1, tzinfo=UTC),
                  source_script='{"parameters": {"recipe": "dataset_ii"}}', source_script_file_name="x")  # fmt: skip
    device = nwb.create_device(name="Amplifier")
    group = nwb.create_electrode_group(name="pipette", description="A pipette.", location="VISp", device=device)
    nwb.add_electrode(group=group, location="VISp")
    where = nwb.create_electrode_table_region(region=[0], description="The pipette.")
    nwb.add_acquisition(
        ElectricalSeries(name="ElectricalSeries", data=np.zeros(10), electrodes=where, rate=4.0, starting_time=2.0)
    )
    owner = TimeSeries(name="owner", data=np.zeros((5, 2, 3)), unit="n.a.", timestamps=np.arange(5.0))
    nwb.add_acquisition(TimeSeries(name="linked", data=np.zeros(5), unit="n.a.", timestamps=owner))
    nwb.add_acquisition(owner)
    with NWBHDF5IO(tmp_path / "series.nwb", "w") as io:
        io.write(nwb)
    return tmp_path / "series.nwb"


def test_a_rate_is_a_clock_too(path):
    clocks = session_frames(path, ["clocks"])["clocks"].set_index("clock")
    clock = clocks.loc["/acquisition/ElectricalSeries/starting_time"]
    assert (clock["n"], clock["first"], clock["last"], clock["period"]) == (10, 2.0, 4.25, 0.25)
    assert (clock["stream"], clock["n_backward"], clock["n_nan"]) == ("ephys", 0, 0)


def test_linked_timestamps_are_one_clock_with_the_path_of_their_owner(path):
    frames = session_frames(path, ["series", "clocks"])
    series = frames["series"].set_index("path")
    assert series.loc["/acquisition/linked", "clock"] == "/acquisition/owner/timestamps"
    assert len(frames["clocks"]) == 2


def test_a_series_is_as_wide_as_its_columns_and_regions(path):
    series = session_frames(path, ["series"])["series"].set_index("path")
    assert series.loc["/acquisition/owner", "n_columns"] == 6
    assert series.loc["/acquisition/ElectricalSeries", ["n_columns", "n_regions", "n_dangling"]].tolist() == [1, 1, 0]
    assert series.loc["/acquisition/ElectricalSeries", "accepted_units"] == ("volts", "V")


@pytest.mark.parametrize(("rate", "column"), [(0.0, "period"), (-4.0, "n_backward")])
def test_a_rate_that_is_none_shows(path, rate, column):
    with h5py.File(path, "r+") as file:
        file["acquisition/ElectricalSeries/starting_time"].attrs["rate"] = rate
    clock = session_frames(path, ["clocks"])["clocks"].iloc[0]
    assert clock[column] == (np.inf if column == "period" else 10)


def test_a_region_without_its_table_is_no_region(path):
    with h5py.File(path, "r+") as file:
        del file["acquisition/ElectricalSeries/electrodes"].attrs["table"]
    series = session_frames(path, ["series"])["series"].set_index("path")
    assert series.loc["/acquisition/ElectricalSeries"].isna()["n_regions"]


def test_stacks_of_images_have_no_clock():
    frames = session_frames(ACTIVE, ["series", "clocks"])
    assert not frames["series"]["path"].str.startswith("/stimulus/templates").any()
    assert not frames["clocks"]["n_nan"].any()
