"""Streams of a recipe are built, aligned, and named where they fail."""

from pathlib import Path

import numpy as np
import pytest
from neuroconv.datainterfaces import CsvTimeIntervalsInterface
from neuroconv.tools.testing.mock_interfaces import MockBehaviorEventInterface

from nwbgate.conversion.recipes.recipe_converter import converter_class
from nwbgate.errors import RecipeError, SourceError
from nwbgate.interfaces.binary_series import BinarySeriesInterface

Converter = converter_class(
    {"Trials": CsvTimeIntervalsInterface, "Voltage": BinarySeriesInterface, "Pulses": MockBehaviorEventInterface}
)


def converter(folder: Path, alignment, *, pulses=(1.0, 2.0, 3.0)):
    folder.mkdir(exist_ok=True)
    np.array([1, 2, 3], "<i2").tofile(folder / "v.bin")
    (folder / "t.csv").write_text("start_time,stop_time\n1.0,2.0\n")
    sources = {
        "Trials": {"file_path": folder / "t.csv"},
        "Voltage": {"file_path": folder / "v.bin", "sampling_rate": 10.0},
        "Pulses": {"event_times": list(pulses)},
    }
    built = Converter(sources, alignment)
    built.temporally_align_data_interfaces()
    return built.data_interface_objects


def test_a_shift_is_added_to_tables_and_series(tmp_path):
    streams = converter(tmp_path, {"Trials": {"shift": "2.5"}, "Voltage": {"shift": 1.0}})
    assert streams["Trials"].dataframe.loc[0].tolist() == [3.5, 4.5]
    assert streams["Voltage"].get_timestamps() == pytest.approx([1.0, 1.1, 1.2])


@pytest.mark.parametrize("name", ["clock.csv", "clock.npy"])
def test_a_clock_gives_the_time_of_each_sample(tmp_path, name):
    (tmp_path / "clock.csv").write_text("frame,time\n0,5.0\n1,5.5\n2,7.0\n")
    np.save(tmp_path / "clock.npy", [5.0, 5.5, 7.0])
    clock = {"file_path": str(tmp_path / name), **({"column": "time"} if name.endswith("csv") else {})}
    assert converter(tmp_path, {"Voltage": {"clock": clock}})["Voltage"].get_timestamps().tolist() == [5.0, 5.5, 7.0]


def test_a_clock_may_be_saved_by_a_spreadsheet_program(tmp_path):
    path = tmp_path / "clock.csv"
    path.write_bytes("frame;time\r\n0;5,0\r\n1;5,5\r\n2;7,0\r\n".encode("utf-8-sig"))
    streams = converter(tmp_path, {"Voltage": {"clock": {"file_path": str(path), "column": "time"}}})
    assert streams["Voltage"].get_timestamps().tolist() == [5.0, 5.5, 7.0]


def test_a_text_in_place_of_a_time_is_an_error(tmp_path):
    (tmp_path / "clock.csv").write_text("time\n5.0\nsoon\n7.0\n")
    with pytest.raises(SourceError, match=r"(?s)texts for times.*'soon'"):
        converter(tmp_path, {"Voltage": {"clock": {"file_path": str(tmp_path / "clock.csv")}}})


def test_a_stream_takes_the_times_of_another_after_its_own_alignment(tmp_path):
    streams = converter(tmp_path, {"Voltage": {"sync": "Pulses"}, "Pulses": {"shift": 0.5}})
    assert streams["Voltage"].get_timestamps().tolist() == [1.5, 2.5, 3.5]


def test_a_clock_of_another_length_is_an_error(tmp_path):
    with pytest.raises(SourceError, match=r"(?s)interface Voltage.*2 times for 3 samples"):
        converter(tmp_path, {"Voltage": {"sync": "Pulses"}}, pulses=(1.0, 2.0))


def test_an_absent_column_suggests_the_nearest(tmp_path):
    (tmp_path / "clock.csv").write_text("frame,time\n0,5.0\n")
    with pytest.raises(SourceError, match="did you mean 'time'"):
        converter(tmp_path, {"Voltage": {"clock": {"file_path": str(tmp_path / "clock.csv"), "column": "times"}}})


def test_a_shift_without_its_column_is_an_error(tmp_path):
    with pytest.raises(RecipeError, match=r"(?s)shift of the interface Voltage.*\{delay\}"):
        converter(tmp_path, {"Voltage": {"shift": "{delay}"}})


def test_an_interface_that_cannot_read_its_source_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"(?s)interface Trials cannot read.*CsvTimeIntervals.*absent\.csv"):
        Converter({"Trials": {"file_path": tmp_path / "absent.csv"}}, {})
