"""Rules about the agreement of the raw sources that a session was converted from."""

from typing import TYPE_CHECKING

from nwbgate.manifest.source_comparisons import facts_told_twice
from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Share of events that may lack a partner in the other source, and how many of them are always passed over.
_SHARE, _FEW = 0.02, 2
#: Seconds by which two clocks of the same frames may differ: one frame of a monitor of 60 Hz, and its rounding.
_ONE_FRAME = 0.017
#: Pulses of a camera that may follow its last frame: one second.
_CAMERA_PULSES = 30
#: Pulses that a Scientifica microscope sends after its last frame.
_MICROSCOPE_PULSES = 6
#: Comparisons that count each event without a partner.
_MATCHED = ("late_stimulus_frames", "licks", "eye_frames", "imaging_frames")


@check(column="n_expected", scope="session")
def counts_are_those_of_the_file(
    source_agreement: "pd.DataFrame",
    licks: "pd.DataFrame | None" = None,
    planes: "pd.DataFrame | None" = None,
    clocks: "pd.DataFrame | None" = None,
) -> "Rows":
    """The comparison counts the licks and the imaging frames that the file has.

    Why: a comparison of other sources says nothing about this file.

    Example: 2908 licks compared, and 2807 in the file.

    Fix: convert the session again from its sources.
    """
    have: dict[tuple[str, str], int] = {} if licks is None else {("licks", "session"): len(licks)}
    if planes is not None and clocks is not None:
        imaging = clocks[clocks["stream"] == "imaging"].drop_duplicates("plane")
        have |= {("imaging_frames", plane): int(n) for plane, n in zip(imaging["plane"], imaging["n"], strict=True)}
    keys = zip(source_agreement["comparison"], source_agreement["object"], strict=True)
    in_file = source_agreement["n_expected"].copy()
    in_file[:] = [have.get(key, count) for key, count in zip(keys, source_agreement["n_expected"], strict=True)]
    return offending(source_agreement, source_agreement["n_expected"] != in_file, "n_expected", in_file.astype(str))


@check(severity="warning", column="n_found", scope="session")
def something_was_compared(source_agreement: "pd.DataFrame") -> "Rows":
    """Events of one source that the other lacks are counted as unmatched.

    Why: where the other source had nothing, and yet nothing is unmatched, the two were not compared. What was not
    compared does not agree.

    Example: 2,908 licks in the pickle, 0 on the line, 0 of them unmatched.

    Fix: see whether the sync file has this line; convert the session again, and take the counts that it prints.
    """
    nothing = (source_agreement["n_found"] == 0) & (source_agreement["n_unmatched"] == 0)
    wrong = source_agreement["comparison"].isin(_MATCHED) & nothing & (source_agreement["n_expected"] > 0)
    got = "{comparison}: {n_expected} expected, none found, none unmatched: nothing was compared"
    return offending(source_agreement, wrong, got, "{n_expected} unmatched, or some found")


@check(severity="warning", column="n_unmatched", scope="session")
def late_frames_are_late_on_both_clocks(source_agreement: "pd.DataFrame") -> "Rows":
    """Stimulus frames that came late did so by the pickle and by the sync file.

    Why: a drop that one clock does not know shifts every later event by a frame.

    Example: 6 late frames by the pickle, and 90 by the sync file.

    Fix: check that both files are of one session; look for gaps of the stimulus line.
    """
    wrong = _about(source_agreement, "late_stimulus_frames") & (source_agreement["n_unmatched"] > _FEW)
    return offending(source_agreement, wrong, "{n_unmatched} frames late on one clock only", f"up to {_FEW}")


@check(severity="warning", column="deviation_sec", scope="session")
def clocks_keep_the_same_time(source_agreement: "pd.DataFrame") -> "Rows":
    """The clocks of pickle and sync file differ by less than a frame, apart from offset and rate.

    Why: both time the same flips; a frame of difference is one that only one of them counted.

    Example: 0.05 s.

    Fix: check that both files are of one session; look for gaps of the stimulus line.
    """
    wrong = source_agreement["deviation_sec"] > _ONE_FRAME
    return offending(source_agreement, wrong, "{deviation_sec} s", f"up to {_ONE_FRAME} s")


@check(severity="warning", column="n_unmatched", scope="session")
def licks_are_on_the_lick_line(source_agreement: "pd.DataFrame") -> "Rows":
    """At least 98 % of the licks of the pickle are on the lick line of the sync file.

    Why: both come from one sensor; licks that only one of them has are artefacts, or at wrong frames.

    Example: 300 of 2908 licks without an edge of the line.

    Fix: check the lick sensor and that both files are of one session; leave the licks out of analyses if in doubt.
    """
    wrong = _about(source_agreement, "licks") & _many(source_agreement)
    return offending(source_agreement, wrong, "{n_unmatched} of {n_expected} licks not on the line", "up to 2 %")


@check(severity="warning", column="n_found", scope="session")
def photodiode_sees_each_turn(source_agreement: "pd.DataFrame") -> "Rows":
    """The photodiode saw its square turn once a second.

    Why: the delay of the monitor is measured with it, and is tabled for the rig where that fails.

    Example: 0 of 4500 turns.

    Fix: check the photodiode; the delay of this session is the tabled one, or give one in its facts.
    """
    few = source_agreement["n_found"] < source_agreement["n_expected"] * (1 - _SHARE)
    wrong = _about(source_agreement, "photodiode_turns") & (few | _many(source_agreement))
    got = "{n_found} of {n_expected} turns, {n_unmatched} at intervals that are not a second"
    return offending(source_agreement, wrong, got, "one turn a second")


@check(severity="warning", column="n_unmatched", scope="session")
def eye_camera_saved_its_frames(source_agreement: "pd.DataFrame") -> "Rows":
    """The eye camera saved every frame that it exposed.

    Why: each lost frame shifts all later ones against the stimulus.

    Example: 135000 pulses, and 134200 frames of video.

    Fix: cut the session at the first lost frame, or take the frames' own times from the camera's report.
    """
    apart = _about(source_agreement, "eye_frames") & (source_agreement["n_unmatched"] > _CAMERA_PULSES)
    lost = _about(source_agreement, "lost_eye_frames") & (source_agreement["n_expected"] > 0)
    got = "{comparison}: {n_expected} expected, {n_found} found"
    return offending(source_agreement, apart | lost, got, f"no lost frame, and up to {_CAMERA_PULSES} surplus pulses")


@check(severity="warning", column="n_unmatched", scope="session")
def imaging_pulses_have_frames(source_agreement: "pd.DataFrame") -> "Rows":
    """The sync file has up to six two-photon pulses more than the traces have frames.

    Why: surplus pulses are cut at the end; if frames were lost earlier, all later ones have wrong times.

    Example: 140000 pulses for 139000 frames.

    Fix: compare with the movie of the plane; convert with --allow-trim only if its end is what is missing.
    """
    more = source_agreement["n_unmatched"] > _MICROSCOPE_PULSES
    wrong = _about(source_agreement, "imaging_frames") & more
    return offending(
        source_agreement, wrong, "{n_found} pulses for {n_expected} frames", f"up to {_MICROSCOPE_PULSES} more"
    )


@check(severity="warning", column="comparison", scope="session")
def sources_are_of_one_session(source_agreement: "pd.DataFrame") -> "Rows":
    """Facts, pickle, sync file and names of files tell one mouse, rig, session type and start.

    Why: a file of another session, put beside these, gives its mouse what another one did.

    Example: mouse 460003 by the session facts, and 460001 by the pickle; the notes of the file name both.

    Fix: put the files of one session together; if the pickle was given a wrong name at the rig, leave it as it is.
    """
    return _told_differently(source_agreement, "session")


@check(severity="warning", column="comparison", scope="session")
def sources_tell_the_same(source_agreement: "pd.DataFrame") -> "Rows":
    """Sources of a session tell its frames, trials, licks, rewards and settings alike.

    Why: what only one of two records has was lost from the other, or was changed in it afterwards.

    Example: the lick line has a lick in frame 4120, at 68.731 s, and the pickle does not.

    Fix: compare both files with their copies at the rig; take the source that is as recorded.
    """
    return _told_differently(source_agreement, "content")


def _told_differently(frame: "pd.DataFrame", about: str) -> "Rows":
    """Return the rows of facts that sources tell differently, in their words."""
    wrong = frame["comparison"].isin(facts_told_twice(about)) & (frame["n_unmatched"] > 0)
    in_words = "told" in frame and frame["told"][wrong].notna().all()
    return offending(frame, wrong, "{told}" if in_words else "{comparison} told differently", "the same by all")


def _about(frame: "pd.DataFrame", comparison: str) -> "pd.Series[bool]":
    return frame["comparison"] == comparison


def _many(frame: "pd.DataFrame") -> "pd.Series[bool]":
    """Return where too many events have no partner."""
    return (frame["n_unmatched"] > _FEW) & (frame["n_unmatched"] > _SHARE * frame["n_expected"])


RULES: tuple[Rule, ...] = (
    counts_are_those_of_the_file,
    something_was_compared,
    late_frames_are_late_on_both_clocks,
    clocks_keep_the_same_time,
    licks_are_on_the_lick_line,
    photodiode_sees_each_turn,
    eye_camera_saved_its_frames,
    imaging_pulses_have_frames,
    sources_are_of_one_session,
    sources_tell_the_same,
)
