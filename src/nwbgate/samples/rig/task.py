"""The change detection task played by a made-up mouse, in frames."""

from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator

#: Stimulus frames per second; from flash to flash, and how long a flash is shown.
RATE, PERIOD, SHOWN = 60, 45, 15
#: Frames from a change to the end of its trial; length of a timeout after an early lick.
AFTER_CHANGE, TIMEOUT = 257, 18
#: Response window in frames after a change.
WINDOW = (10, 47)
#: Kinds of trials, in the order in which they are played.
KINDS = (
    "auto", "auto", "hit", "aborted", "miss", "catch_quiet",
    "aborted", "hit", "catch_lick", "hit", "aborted", "miss",
)  # fmt: skip
EARNED, AUTOMATIC = 0.007, 0.005


@dataclass
class Trial:
    """One trial.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    start, end : int
        First and last frame.
    change : int or None
        Frame of the change or sham change.
    before, after : str
        Image at the start, and after the change.
    licks : list of int
        Frames of its licks, ascending.
    reward : tuple of (float, int) or None
        Volume in mL, and frame.
    """

    kind: str
    start: int
    end: int
    change: int | None
    before: str
    after: str
    licks: list[int] = field(default_factory=list)
    reward: tuple[float, int] | None = None


@dataclass
class Task:
    """A played task.

    Attributes
    ----------
    trials : list of Trial
        In their order.
    flashes : list of tuple of (int, str)
        Onset frame and image of each shown flash.
    omitted : list of int
        Frames at which a flash was due and left out.
    licks : list of int
        Frames of all licks, ascending.
    end : int
        First frame after the task.
    """

    trials: list[Trial]
    flashes: list[tuple[int, str]]
    omitted: list[int]
    licks: list[int]
    end: int


def play(
    images: list[str], first: int, rng: Generator, rounds: int = 1, *, passive: bool = False, omissions: bool = True
) -> Task:
    """Return a played task.

    Parameters
    ----------
    images : list of str
        Names of the images or gratings.
    first : int
        Frame of the first flash.
    rng : numpy.random.Generator
        Source of all chance.
    rounds : int
        How often all kinds of trials are played.
    passive : bool
        Without licks and rewards.
    omissions : bool
        Leave out some flashes.
    """
    steps = rng.choice([PERIOD, PERIOD, PERIOD, PERIOD + 1, PERIOD - 1], size=40 * len(KINDS) * rounds)
    onsets = [first, *(first + np.cumsum(steps)).tolist()]
    trials: list[Trial] = []
    place, image = 0, images[0]
    for kind in KINDS * rounds:
        trial = _trial("miss" if passive and not kind.startswith("catch") else kind, onsets[place:], image, images, rng)
        if passive:
            trial.licks, trial.reward = [], None
        trials.append(trial)
        image = trial.after
        place += next(number for number, onset in enumerate(onsets[place:]) if onset > trial.end)
    end = onsets[place]
    flashes, omitted = _flashes(onsets[:place], trials, images[0], rng if omissions else None)
    stray = [] if passive else [end - 9]
    licks = sorted({lick for trial in trials for lick in trial.licks} | set(stray))
    return Task(trials, flashes, omitted, licks, end)


def _trial(kind: str, onsets: list[int], image: str, images: list[str], rng: Generator) -> Trial:
    """Return a trial that begins with the first of the onsets."""
    start = onsets[0]
    if kind == "aborted":
        lick = start + int(rng.integers(20, 100))
        return Trial(kind, start, lick + TIMEOUT, None, image, image, [lick, lick + 7])
    change = onsets[int(rng.integers(3, 6))]
    others = [name for name in images if name != image]
    after = image if kind.startswith("catch") else others[int(rng.integers(len(others)))]
    trial = Trial(kind, start, change + AFTER_CHANGE, change, image, after)
    first = change + int(rng.integers(WINDOW[0] + 5, WINDOW[1] - 10))
    if kind == "auto":
        trial.reward = (AUTOMATIC, change + 9)
        trial.licks = [first + 8 * number for number in range(6)]
    elif kind == "hit":
        trial.reward = (EARNED, first)
        trial.licks = [first + 9 * number for number in range(9)]
    elif kind == "catch_lick":
        trial.licks = [first, first + 11]
    elif kind == "miss":
        trial.licks = [change + WINDOW[1] + 40]
    return trial


def _flashes(
    onsets: list[int], trials: list[Trial], image: str, rng: Generator | None
) -> tuple[list[tuple[int, str]], list[int]]:
    """Return the shown and the omitted flashes, never omitting changes or their predecessors."""
    changes = {trial.change: trial.after for trial in trials if trial.change is not None}
    kept = {0, len(onsets) - 1} | {n for n, onset in enumerate(onsets) for near in (n, n + 1) if
                                   (near < len(onsets) and onsets[near] in changes) or onset in changes}  # fmt: skip
    omitted = [] if rng is None else [n for n in range(len(onsets)) if n not in kept and rng.random() < 0.08]
    flashes = []
    for number, onset in enumerate(onsets):
        image = changes.get(onset, image)
        if number not in omitted:
            flashes.append((onset, image))
    return flashes, [onsets[number] for number in omitted]
