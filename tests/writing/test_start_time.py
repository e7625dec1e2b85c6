"""A start without a time zone: refused or placed, and never given the zone of the machine."""

import os
import subprocess
import sys
import warnings
from datetime import UTC, datetime

import pytest
from pynwb import NWBFile, read_nwb

import nwbgate
from nwbgate.errors import MetadataError, UsageError
from nwbgate.writing.start_time import in_zone, time_zone

NOON = datetime(2020, 5, 4, 12)


def naive() -> NWBFile:
    with warnings.catch_warnings(action="ignore"):
        return NWBFile(session_description="a test", identifier="test", session_start_time=NOON)


def test_a_start_that_pynwb_placed_in_the_zone_of_the_machine_is_not_written(tmp_path):
    with pytest.raises(MetadataError, match="no time zone") as refused:
        nwbgate.write_nwb(naive(), tmp_path / "s.nwb")
    assert "session_start_time" in refused.value.where
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("zone", "offset"), [("America/New_York", "-04:00"), ("+09:00", "+09:00"), ("UTC", "+00:00")])
def test_a_zone_that_is_named_is_written_and_the_object_stays_as_it_was(zone, offset, tmp_path):
    nwbfile = naive()
    before = nwbfile.session_start_time
    nwbgate.write_nwb(nwbfile, tmp_path / "s.nwb", timezone=zone)
    written = read_nwb(tmp_path / "s.nwb")
    assert written.session_start_time.isoformat() == written.timestamps_reference_time.isoformat()
    assert written.session_start_time.isoformat() == f"2020-05-04T12:00:00{offset}"
    assert nwbfile.session_start_time is before


def test_a_start_with_a_zone_keeps_it(tmp_path):
    nwbfile = NWBFile(session_description="a test", identifier="test", session_start_time=NOON.replace(tzinfo=UTC))
    nwbgate.write_nwb(nwbfile, tmp_path / "s.nwb", timezone="Asia/Tokyo")
    assert read_nwb(tmp_path / "s.nwb").session_start_time.isoformat() == "2020-05-04T12:00:00+00:00"


@pytest.mark.parametrize("zone", ["Seattle", "+25:00", "", "../../etc/passwd", "x" * 500, "America"])
def test_an_unknown_zone_is_refused(zone):
    with pytest.raises(UsageError, match="unknown time zone"):
        time_zone(zone)


@pytest.mark.parametrize("time", [datetime(2020, 3, 8, 2, 30), datetime(2020, 11, 1, 1, 30)])
def test_an_hour_that_clocks_showed_twice_or_never_is_refused(time):
    with pytest.raises(MetadataError, match="clocks were changed"):
        in_zone(time, "America/New_York", where="here")
    assert in_zone(time, "America/Phoenix", where="here").isoformat().endswith("-07:00")


def test_the_same_file_is_written_on_machines_of_different_zones(tmp_path):
    program = (
        "import sys, nwbgate, warnings; from datetime import datetime; from pynwb import NWBFile\n"
        "warnings.simplefilter('ignore')\n"
        "nwbfile = NWBFile(session_description='d', identifier='i', session_start_time=datetime(2020, 5, 4, 12))\n"
        "nwbgate.write_nwb(nwbfile, sys.argv[1], timezone='America/New_York')\n"
    )
    starts = []
    for zone in ("Asia/Tokyo", "America/New_York"):
        path = tmp_path / f"{zone[:4]}.nwb"
        subprocess.run([sys.executable, "-c", program, path], check=True, env={**os.environ, "TZ": zone})
        starts.append(read_nwb(path).session_start_time.isoformat())
    assert starts == ["2020-05-04T12:00:00-04:00"] * 2
