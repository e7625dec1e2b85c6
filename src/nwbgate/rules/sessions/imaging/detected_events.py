"""Rules about detected events against the dF/F in which they were detected."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import Mask, Times, numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Events from which an ROI is judged.
_FEWEST = 10
#: Correlation of decaying events with dF/F: below the first they have nothing in common, above the second they do. In
#: files written by AllenSDK it was 0.16 to 0.54 with the own trace, 0.05 or less with others.
_NONE, _SOME = 0.05, 0.15
#: dF/F jumps by the size of an event, 0.7 to 1.5 times in files written by AllenSDK; half of it is no jump any more.
_JUMP = 0.5
#: Standard errors by which a jump has to miss that.
_ERRORS = 4
#: Share of events that a smaller one follows in the next frame: of a filter. Detected ones are single, or rise.
_SMOOTH = 0.8
#: Factor by which jumps may be smaller or larger than their events.
_SIZE = 3.0


@check(
    scope="session",
    column="plane_jump_after",
    needs=["trace_partners.corrected_is_demixed_minus_neuropil", "series_rois.events_have_a_trace"],
)
def traces_run_forward(event_partners: "pd.DataFrame") -> "Rows":
    """dF/F of a plane rises with its events, and does not fall after them at once by their whole size.

    Why: calcium rises within a frame and decays over several. Where traces and events were both written from their end
    to their beginning, they agree with each other, but each decay became a rise, and each rise a fall.

    Example: dF/F of all ROIs falls by 0.98 times the size of an event in the frame after it.

    Fix: write traces and events in the order of their timestamps.
    """
    fall = -numbers(event_partners["plane_jump_after"])
    jump = np.abs(numbers(event_partners["plane_jump"]))
    wrong = (fall > _JUMP) & (jump < _JUMP) & (fall > 2 * jump)
    first = ~event_partners["plane"].where(wrong).duplicated().to_numpy()
    got = "dF/F of {plane} that rises {plane_jump:.2f} times the size of an event and then falls {plane_jump_after:.2f}"
    return offending(event_partners, wrong & first, got + ": reversed in time", "a rise by the event, and a slow decay")


@check(
    scope="session",
    column="lag",
    needs=[
        "event_partners.traces_run_forward",
        "trace_partners.corrected_is_demixed_minus_neuropil",
        "trace_columns.events_are_not_negative",
        "series_rois.events_have_a_trace",
    ],
)
def events_are_at_their_frames(event_partners: "pd.DataFrame") -> "Rows":
    """dF/F jumps within one frame of an event, not two to five frames before or after it.

    Why: events have the frames of dF/F; shifted by some frames they come before the stimulus that caused them, or late.

    Example: dF/F of ROI 1011000003 jumps 3 frames before each of its events.

    Fix: give the events the frames in which they were detected; look for an offset of the first frames.
    """
    jump, at_lag = numbers(event_partners["jump"]), numbers(event_partners["jump_at_lag"])
    error = _ERRORS * numbers(event_partners["error"])
    far = np.abs(numbers(event_partners["lag"])) >= 2
    wrong = far & (at_lag - error > 0) & (at_lag > _JUMP) & (jump + error < at_lag)
    wrong &= numbers(event_partners["n_events"]) >= _FEWEST
    got = "jumps {lag:+d} frames from the events of ROI {cell_roi_id}, {jump_at_lag:.2f} times their size"
    return offending(event_partners, wrong, got, "jumps in their frames")


@check(
    severity="warning",
    scope="session",
    column="plane_followed",
    needs=["trace_columns.events_are_not_negative", "event_partners.traces_run_forward"],
)
def events_are_single(event_partners: "pd.DataFrame") -> "Rows":
    """Most detected events of a plane are single frames, or rise.

    Why: an event is one jump of dF/F. Where nearly each is followed by a smaller one, the events were filtered;
    AllenSDK computes filtered events from the detected ones when it reads a file, and would filter them twice.

    Example: a smaller event follows 95 % of the events.

    Fix: write the events as they were detected, not filtered_events.
    """
    wrong = numbers(event_partners["plane_followed"]) > _SMOOTH
    first = ~event_partners["plane"].where(wrong).duplicated().to_numpy()
    got = "{plane_followed:.0%} of the events of {plane} followed by a smaller one"
    return offending(event_partners, wrong & first, got, f"at most {_SMOOTH:.0%}: these are filtered events")


@check(scope="session", column="own", needs=["event_partners.events_are_at_their_frames"])
def events_are_of_their_own_roi(event_partners: "pd.DataFrame") -> "Rows":
    """dF/F of an ROI jumps where the ROI has events.

    Why: events are the jumps that were found in this very trace. Where the trace does not jump, the events were found
    in another one. ROIs with fewer than 10 events in the parts that are compared are not judged.

    Example: the events of ROI 1011000003 correlate 0.01 with its own dF/F and 0.35 with that of 1011000004.

    Fix: put the columns of the events in the order of their rois, or detect the events again.
    """
    own, best = numbers(event_partners["own"]), numbers(event_partners["best"])
    jump, at_lag = numbers(event_partners["jump"]), numbers(event_partners["jump_at_lag"])
    error = numbers(event_partners["error"])
    without_jump = (at_lag + _ERRORS * error < 1) & (jump + 2 * error < _JUMP)
    of_another = (best > _SOME) & (jump + 2 * error < 1)
    wrong = (numbers(event_partners["n_events"]) >= _FEWEST) & (own < _NONE) & (without_jump | of_another)
    got = "a correlation of {own:.2f} with dF/F of ROI {cell_roi_id}, {best:.2f} with that of {best_cell_roi_id}"
    return offending(event_partners, wrong, got, f"more than {_NONE} with its own")


@check(severity="warning", scope="session", column="plane_lag", needs=["event_partners.events_are_of_their_own_roi"])
def events_are_not_a_frame_off(event_partners: "pd.DataFrame") -> "Rows":
    """dF/F jumps in the frames of the events, not one frame before or after.

    Why: one frame is 0.03 to 0.1 s. Where events were detected in traces of a higher rate, the frame to which an event
    belongs may be rounded so, which is worth knowing.

    Example: dF/F of all ROIs together jumps one frame after the events.

    Fix: compare the numbers of frames of dF/F and events in the files of the pipeline.
    """
    plane = _off_by_one(event_partners, "plane_", 0.0)
    alone = _off_by_one(event_partners, "", _ERRORS * numbers(event_partners["error"]))
    got = "jumps {lag:+d} frames from the events of ROI {cell_roi_id}, {jump_at_lag:.2f} times their size"
    return offending(event_partners, plane | alone, got, "jumps in their frames")


def _off_by_one(event_partners: "pd.DataFrame", of: str, error: "Times | float") -> Mask:
    """Return where the jump is a frame off, per ROI or plane."""
    jump, at_lag = numbers(event_partners[f"{of}jump"]), numbers(event_partners[f"{of}jump_at_lag"])
    one = np.abs(numbers(event_partners[f"{of}lag"])) == 1
    return np.asarray(one & (at_lag > _JUMP) & (jump < _JUMP / 2) & (jump + error < at_lag))


@check(
    severity="warning",
    scope="session",
    column="jump",
    needs=["event_partners.events_are_not_a_frame_off", "trace_partners.dff_has_its_scale"],
)
def events_have_the_size_of_jumps(event_partners: "pd.DataFrame") -> "Rows":
    """Events are as large as the jumps of dF/F in their frames, within a factor of three.

    Why: the size of an event is that of the jump of dF/F; another scale is another unit, or a smoothed trace.

    Example: dF/F jumps by a hundredth of the size of the events.

    Fix: write the events as they were detected.
    """
    jump = np.fmax(numbers(event_partners["jump"]), numbers(event_partners["jump_at_lag"]))
    error = _ERRORS * numbers(event_partners["error"])
    wrong = (jump + error < 1 / _SIZE) | (jump - error > _SIZE)
    wrong &= numbers(event_partners["n_events"]) >= _FEWEST
    got = "jumps of {jump:.3g} times the size of the events of ROI {cell_roi_id}"
    return offending(event_partners, wrong, got, f"{1 / _SIZE:.2f} to {_SIZE:.0f} times")


RULES: tuple[Rule, ...] = (
    traces_run_forward,
    events_are_single,
    events_are_at_their_frames,
    events_are_of_their_own_roi,
    events_are_not_a_frame_off,
    events_have_the_size_of_jumps,
)
