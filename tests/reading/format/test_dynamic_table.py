"""DynamicTables with every kind of column, read as frames."""

import h5py
import numpy as np
import pytest
from hdmf.common import DynamicTable, DynamicTableRegion
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.epoch import TimeIntervals

from nwbgate.errors import SourceError
from nwbgate.reading.format.dynamic_table import column_names, read_column, read_table, read_values
from support.standard_session import ACTIVE

TABLE = "scratch/table"


@pytest.fixture
def path(tmp_path):
    """A table with numbers, texts, lists, lists of lists, a matrix, a reference and a region."""
    from datetime import UTC, datetime

    nwb = NWBFile(session_description="one", identifier="one", session_start_time=datetime(2020, 1, 1, tzinfo=UTC))
    series = TimeSeries(name="series", data=[1.0, 2.0], unit="n.a.", rate=1.0)
    nwb.add_acquisition(series)
    table = DynamicTable(name="table", description="A table.", id=[7, 8, 9])
    table.add_column(name="number", description="Numbers.", data=[1.5, np.nan, 2.5])
    table.add_column(name="text", description="Texts.", data=["a", "", "µ"])
    table.add_column(name="list", description="Lists.", data=[[1.0], [], [2.0, 3.0]], index=True)
    table.add_column(name="nested", description="Lists of lists.", data=[[[1], [2, 3]], [], [[4]]], index=2)
    table.add_column(name="matrix", description="Rows.", data=np.arange(6).reshape(3, 2))
    table.add_column(name="object", description="Objects.", data=[series] * 3)
    table.add_column(name="region", description="Rows.", data=[2, 1, 0], col_cls=DynamicTableRegion, table=table)
    nwb.add_scratch(table)
    intervals = TimeIntervals(name="epochs", description="Epochs.")
    intervals.add_row(start_time=0.0, stop_time=1.0, timeseries=[(0, 2, series)])
    nwb.add_time_intervals(intervals)
    target = tmp_path / "table.nwb"
    with NWBHDF5IO(target, "w") as io:
        io.write(nwb)
    return target


def test_every_kind_of_column(path):
    with h5py.File(path) as file:
        table = read_table(file[TABLE])
    assert table.index.tolist() == [7, 8, 9]
    assert list(table.columns) == ["number", "text", "list", "nested", "matrix", "object", "region"]
    assert table["number"].isna().tolist() == [False, True, False]
    assert table["text"].tolist() == ["a", "", "µ"]
    assert [row.tolist() for row in table["list"]] == [[1.0], [], [2.0, 3.0]]
    assert [[part.tolist() for part in row] for row in table["nested"]] == [[[1], [2, 3]], [], [[4]]]
    assert [row.tolist() for row in table["matrix"]] == [[0, 1], [2, 3], [4, 5]]
    assert table["object"].tolist() == ["/acquisition/series"] * 3
    assert table["region"].tolist() == [2, 1, 0]


def test_references_to_parts_of_series_name_the_series(path):
    with h5py.File(path) as file:
        (parts,) = read_column(file["intervals/epochs"], "timeseries")
    assert parts[0]["timeseries"] == "/acquisition/series"
    assert parts[0]["count"] == 2


def test_each_reference_has_the_path_of_its_own_object(path):
    with h5py.File(path, "r+") as file:
        first, second = file.create_group("first"), file.create_dataset("second", data=[1])
        file["references"] = [first.ref, second.ref, first.ref, h5py.Reference()]
        assert read_values(file["references"]).tolist() == ["/first", "/second", "/first", ""]
        del file["second"]
    with h5py.File(path) as file:
        assert read_values(file["references"]).tolist() == ["/first", "", "/first", ""]


def test_columns_may_be_chosen_and_those_not_there_are_left_out(path):
    with h5py.File(path) as file:
        assert list(read_table(file[TABLE], ["text", "nothing", "number"]).columns) == ["text", "number"]


def test_a_released_table_has_its_rows():
    with h5py.File(ACTIVE) as file:
        trials = read_table(file["intervals/trials"])
    assert len(trials) == 18
    assert trials["change_image_name"].iloc[6] == "im069"
    assert trials["lick_times"].iloc[0][0] == 315.18264


def test_a_listed_column_that_is_missing_is_named(path):
    with h5py.File(path, "r+") as file:
        del file[f"{TABLE}/number"]
        with pytest.raises(SourceError, match="a column listed by the table is missing") as error:
            read_table(file[TABLE])
    assert error.value.where.endswith("/scratch/table/number")


def test_columns_of_different_lengths_are_refused(path):
    with h5py.File(path, "r+") as file:
        del file[f"{TABLE}/number"]
        file[f"{TABLE}/number"] = np.zeros(5)
        with pytest.raises(SourceError, match="differ in length") as error:
            read_table(file[TABLE])
    assert "number: 5" in error.value.got


@pytest.mark.parametrize("ends", [[1, 1, 9], [2, 1, 3]])
def test_an_index_that_leads_outside_its_values_is_refused(path, ends):
    with h5py.File(path, "r+") as file:
        file[f"{TABLE}/list_index"][...] = ends
        with pytest.raises(SourceError, match="points outside its values"):
            read_table(file[TABLE])


def test_a_table_without_columns_or_ids_is_empty(tmp_path):
    with h5py.File(tmp_path / "empty.h5", "w") as file:
        assert column_names(file.create_group("table")) == []
        assert read_table(file["table"]).empty


def test_fixed_length_texts_and_scalars_are_read_too(tmp_path):
    with h5py.File(tmp_path / "values.h5", "w") as file:
        file["fixed"] = np.array([b"one", b"two"])
        file["scalar"] = "text"
        file["null"] = h5py.Reference()
        assert read_values(file["fixed"]).tolist() == ["one", "two"]
        assert read_values(file["scalar"]).tolist() == ["text"]
        assert read_values(file["null"]).tolist() == [""]


def test_pynwb_reads_the_same_trials():
    with NWBHDF5IO(ACTIVE, "r", load_namespaces=True) as io:
        theirs = io.read().trials.to_dataframe()
    with h5py.File(ACTIVE) as file:
        ours = read_table(file["intervals/trials"])
    assert list(ours.columns) == list(theirs.columns)
    assert ours.index.tolist() == theirs.index.tolist()
    for column in ours.columns:
        if column == "lick_times":
            assert all(np.array_equal(a, b) for a, b in zip(ours[column], theirs[column], strict=True))
        else:
            np.testing.assert_array_equal(ours[column], theirs[column])
