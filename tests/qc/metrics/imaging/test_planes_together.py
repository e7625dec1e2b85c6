"""Planes recorded together are compared alike in one file and in several; who lacks a partner has a reason."""

from dataclasses import replace

import pytest

from nwbgate.errors import SourceError
from nwbgate.qc.metrics.imaging.planes_together import EXCESSES, PlanesTogether
from nwbgate.qc.streams import Streams
from support.made_session import MadeSession, made_session


@pytest.fixture(scope="module")
def sound() -> MadeSession:
    return made_session()


def together(session: MadeSession, *names: str) -> PlanesTogether:
    planes = PlanesTogether()
    for name in names or session.planes:
        planes.add(Streams(session.planes[name]), name)
    return planes


def test_each_plane_has_the_rows_of_its_own_pair(sound: MadeSession) -> None:
    planes = together(sound)
    whole, each = list(planes.measure()), planes.measure_each()
    assert [row for row in whole if row.measured] == whole
    assert each["plane_0"] == each["plane_1"]
    assert [*each["plane_0"], *each["plane_2"]] == whole
    assert {row.object for row in each["plane_2"]} == {
        "plane_2 with plane_3", "plane_2 into plane_3", "plane_3 into plane_2",
    }  # fmt: skip


def test_plane_that_cannot_be_compared_costs_its_partner_the_number_and_no_other(sound: MadeSession) -> None:
    bare = replace(sound.planes["plane_0"], average_projection=None)
    each = together(replace(sound, planes=sound.planes | {"plane_0": bare})).measure_each()
    assert each["plane_0"] == each["plane_1"]
    assert {(row.metric, row.object, row.reason) for row in each["plane_1"]} == {
        (metric, "plane_0", "the plane has no average projection") for metric in EXCESSES
    }
    assert all(row.measured for row in each["plane_3"])


def test_plane_whose_file_cannot_be_read_costs_its_partner_the_number(sound: MadeSession) -> None:
    planes = together(sound, "plane_0", "plane_2", "plane_3")
    planes.add_unreadable("plane_1", 0, SourceError("the file is damaged"))
    each = planes.measure_each()
    assert {row.reason for row in each["plane_0"]} == {"the file is damaged"}
    assert all(row.measured for row in each["plane_2"])


def test_plane_without_a_partner_says_what_is_missing(sound: MadeSession) -> None:
    for plane in sound.planes.values():
        plane.metadata["imaging_plane_group_count"] = 2
    (reason,) = {row.reason for row in together(sound, "plane_0").measure()}
    assert reason.endswith("at least 1 missing, for it has 2 groups")
    (reason,) = {row.reason for row in together(sound, "plane_0", "plane_2").measure_each()["plane_2"]}
    assert reason == "2 planes of the session are given, and none that was recorded together with this one (group 1)"


def test_plane_of_a_microscope_for_one_plane_is_recorded_with_no_other(sound: MadeSession) -> None:
    plane = replace(sound.planes["plane_0"], metadata={"imaging_plane_group": -1})
    (reason,) = {row.reason for row in together(replace(sound, planes={"only": plane})).measure()}
    assert reason == "the plane was recorded together with no other"
