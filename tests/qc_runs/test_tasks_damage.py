"""Files with a damaged dataset: it is a finding, what needs it is not measured, and all else is."""

from pathlib import Path

import pandas as pd
import pytest

from nwbgate.qc_runs.run import run_quality
from nwbgate.qc_runs.tables import MEASUREMENTS, write_table
from nwbgate.qc_runs.tasks import ContainerTask, FileTask
from support.converted_sessions import converted_recordings
from support.quality_files import IMAGING, copied, session, with_damaged

_OPHYS = "processing/ophys"
_FILTERED = "processing/ecephys/FilteredEphys/ElectricalSeriesBaselineSubtracted/data"


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return tmp_path_factory.getbasetemp()


@pytest.fixture(scope="module")
def imaging(base):
    return session(base, IMAGING)


def measured(path: Path) -> pd.DataFrame:
    """Return the measurements of a file of which one dataset cannot be read, indexed by metric and object."""
    quality = FileTask(path).run()
    assert [finding.code for finding in quality.findings] == ["file.unreadable"]
    assert not quality.broken
    return quality.measurements.set_index(["metric", "object"])


def test_a_damaged_stream_is_a_finding_and_all_others_are_measured(imaging, tmp_path):
    damaged = with_damaged(copied(imaging, tmp_path), "processing/behavior/running_speed/data")
    found = run_quality([damaged], jobs=1, pictures=tmp_path)
    assert found.report.exit_code == 1
    (finding,) = (each for each in found.report.records if each.code == "file.unreadable")
    assert "; what to do: " in finding.message
    quality = found.judged[0].quality
    values = quality.measurements.set_index("metric")
    assert values.loc["running.without_speed", "reason"].endswith("unreadable: running_speed")
    assert values.loc["running.encoder_failures", "value"] == 0
    assert {"behavior", "clocks", "motion"} <= {picture.name for picture in quality.pictures}
    write_table(found.measurements, tmp_path, MEASUREMENTS)
    again = run_quality(measured_in=tmp_path)
    assert finding in again.report.records
    assert len(again.results) == len(found.results)


@pytest.mark.parametrize(
    ("series", "lost", "kept"),
    [
        ("DemixedFluorescence", "drift.intensity_change", "activity.noise"),
        ("DfOverF", "activity.noise", "drift.intensity_change"),
    ],
)
def test_damaged_traces_cost_what_is_measured_of_them(series, lost, kept, imaging, tmp_path):
    rows = measured(with_damaged(copied(imaging, tmp_path), f"{_OPHYS}/{series}/VISp_150/data"))
    assert pd.isna(rows.loc[(lost, "VISp_150"), "value"]), "others must not stand for what cannot be read"
    assert "unreadable: " in rows.loc[(lost, "VISp_150"), "reason"]
    assert pd.notna(rows.loc[(kept, "VISp_150"), "value"])
    assert pd.notna(rows.loc[(lost, "VISl_75"), "value"])


def test_a_damaged_voltage_costs_what_is_measured_of_it(base, tmp_path):
    recording = sorted((converted_recordings(base) / "nwb").rglob("*.nwb"))[0]
    rows = measured(with_damaged(copied(recording, tmp_path), _FILTERED)).droplevel("object")
    assert rows.loc["voltage.mrdm", "value"] > 0, "measured of the voltage as recorded"
    assert rows.loc["voltage.noise", "reason"].endswith("unreadable: baseline_subtracted")
    assert pd.notna(rows.loc["dff.noise", "value"])


def test_damaged_traces_of_one_session_leave_the_others_of_its_container_comparable(imaging, tmp_path):
    damaged = with_damaged(copied(imaging, tmp_path, "second"), f"{_OPHYS}/DfOverF/VISp_150/data")
    quality = ContainerTask("c", ((imaging, "VISp_150"), (damaged, "VISp_150"))).run()
    assert not quality.findings
    rows = quality.measurements.set_index("metric")
    assert rows.loc["field_of_view.shift", "value"] == 0
    assert pd.isna(rows.loc["field_of_view.signal_trend", "value"])
    assert rows.loc["field_of_view.signal_trend", "reason"]
