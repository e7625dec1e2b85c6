"""Numbers about the agreement of raw sources: each from one comparison, or a reason."""

import pytest

from nwbgate.qc.metrics.sources import METRICS, measure_sources, missing_share, odd_share, surplus, unmatched_share
from nwbgate.qc.unmeasurable import UnmeasurableError


def row(comparison: str, expected: int, found: int, unmatched: int) -> dict:
    counts = {"n_expected": expected, "n_found": found, "n_unmatched": unmatched}
    return {"comparison": comparison, "object": "session", **counts, "deviation_sec": float("nan")}


def test_shares_are_of_what_was_expected():
    assert unmatched_share(row("licks", 200, 150, 50)) == 0.25
    assert missing_share(row("photodiode_turns", 100, 80, 0)) == pytest.approx(0.2)
    assert missing_share(row("photodiode_turns", 100, 120, 0)) == 0
    assert odd_share(row("photodiode_turns", 100, 11, 2)) == 0.2
    assert surplus(row("imaging_frames", 100, 96, 4)) == -4


@pytest.mark.parametrize("share", [unmatched_share, missing_share, odd_share], ids=lambda share: share.__name__)
def test_there_is_no_share_of_nothing(share):
    with pytest.raises(UnmeasurableError):
        share(row("licks", 0, 0, 0))


def test_a_file_without_the_table_says_so_for_each_number():
    rows = list(measure_sources([]))
    assert [one.metric for one in rows] == list(METRICS)
    assert {one.reason for one in rows} == {"the file does not tell how far its raw sources agree"}


def test_each_plane_has_a_number_of_its_own():
    planes = [{**row("imaging_frames", 100, 103, 3), "object": name} for name in ("VISp_150", "VISl_75")]
    measured = [one for one in measure_sources(planes) if one.measured]
    assert [(one.metric, one.object, one.value) for one in measured] == [
        ("sources.imaging_surplus", "VISp_150", 3.0),
        ("sources.imaging_surplus", "VISl_75", 3.0),
    ]
    assert "were not compared: licks" in next(
        one.reason for one in measure_sources(planes) if one.metric == "sources.licks_unfelt"
    )
