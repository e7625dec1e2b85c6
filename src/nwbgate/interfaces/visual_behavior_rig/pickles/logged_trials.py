"""Trials as logged by camstim: events, intentions, rewards and images."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from nwbgate.interfaces.visual_behavior_rig.pickles.pickle_items import PickleItems, words


@dataclass(frozen=True)
class LoggedTrial:
    """One trial.

    Attributes
    ----------
    index : int
        Its number.
    events : mapping of str to int
        Frame of each event, by name; of an event that occurs twice the last.
    first_frame : int
        Frame of its first event.
    start_frame : int
        Frame of its first ``trial_start``.
    catch, auto_reward : bool
        What was meant, also in trials that were aborted.
    change : tuple of str, optional
        Names of the stimulus before and after the change, where it changed.
    rewards : tuple of (float, int)
        Volume in milliliters and frame of each reward.
    licks : tuple of int or None
        Frame of each lick; None where none are logged.
    cumulative_rewards : int or None
        Rewards up to this trial, where they are counted.
    success : bool or None
        Whether the mouse was right, where it is said.
    """

    index: int
    events: Mapping[str, int]
    first_frame: int
    start_frame: int
    catch: bool
    auto_reward: bool
    change: tuple[str, str] | None
    rewards: tuple[tuple[float, int], ...]
    licks: tuple[int, ...] | None = None
    cumulative_rewards: int | None = None
    success: bool | None = None


def logged_trials(behavior: PickleItems) -> list[LoggedTrial]:
    """Return the trials of a behavior pickle, in their order.

    Raises
    ------
    SourceError
        If one is damaged, does not start, or starts before the one before.
    """
    trials = [_trial(row) for row in behavior.rows("trial_log")]
    for earlier, later in pairwise(trials):
        if later.start_frame < earlier.start_frame:
            raise behavior.unsound(
                "trial_log",
                f"trial {later.index} starts in frame {later.start_frame}, after frame {earlier.start_frame}",
                "trials in the order of their starts",
            )
    return trials


def _trial(row: PickleItems) -> LoggedTrial:
    try:
        events = [(words(event[0]), int(event[-1])) for event in row.sequence("events")]
        change = row.get("stimulus_changes") or ()
        rewards = tuple((float(volume), int(frame)) for volume, _, frame in row.get("rewards") or ())
        licks = None if row.get("licks") is None else tuple(int(lick[-1]) for lick in row.get("licks"))
        names = (words(change[0][0][1]), words(change[0][1][1])) if change else None
    except (TypeError, ValueError, LookupError, OverflowError) as problem:
        raise row.unsound(
            "events, stimulus_changes, licks, rewards", str(problem), "rows of name, time and frame"
        ) from problem
    starts = [frame for name, frame in events if name == "trial_start"]
    if not starts or "trial_end" not in dict(events):
        names_there = ", ".join(name for name, _ in events)
        raise row.unsound("events", names_there or "no event", "trial_start and trial_end")
    meant = row.items("trial_params")
    return LoggedTrial(
        index=row.whole("index"),
        events=dict(events),
        first_frame=events[0][1],
        start_frame=starts[0],
        catch=_is_true(meant, "catch"),
        auto_reward=_is_true(meant, "auto_reward"),
        change=names,
        rewards=rewards,
        licks=licks,
        cumulative_rewards=None if row.get("cumulative_rewards") is None else row.whole("cumulative_rewards"),
        success=None if row.get("success") is None else _is_true(row, "success"),
    )


def _is_true(items: PickleItems, key: str) -> bool:
    found: Any = items.get(key)
    return bool(found) if isinstance(found, bool | int) else False
