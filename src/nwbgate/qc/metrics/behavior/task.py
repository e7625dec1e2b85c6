"""Behavior: numbers of trials, performance, and plausibility of licks."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy import stats

from nwbgate.qc.measurement import Measurement
from nwbgate.qc.unmeasurable import UnmeasurableError, measure_row
from nwbgate.reading.sessions.performance import ENGAGED

Mask = npt.NDArray[np.bool_]

#: Trials of a kind that a rate needs.
FEWEST = 10
#: Seconds between licks below which one of them is none: mice lick 5 to 10 times a second.
ARTEFACT = 0.05
#: Rates are kept this far from 0 and 1 for d', as AllenSDK keeps them.
_CLIP = 0.01


@dataclass(frozen=True)
class Outcomes:
    """Trials by kind and outcome, each an array of bool, shape (trials,).

    Attributes
    ----------
    go, catch, aborted, auto_rewarded : array of bool
        Kind of the trial.
    hit, false_alarm : array of bool
        Whether the mouse answered.
    """

    go: Mask
    catch: Mask
    aborted: Mask
    auto_rewarded: Mask
    hit: Mask
    false_alarm: Mask


def answered_share(answer: npt.ArrayLike, kind: npt.ArrayLike, called: str = "such") -> float:
    """Return the share of answered trials of a kind: hit or false alarm rate.

    Parameters
    ----------
    answer, kind : array of bool, shape (trials,)
        Hits and go trials, or false alarms and catch trials.
    called : str
        What the kind is called where there are too few of it.

    Raises
    ------
    UnmeasurableError
        If there are fewer than `FEWEST` trials of the kind.
    """
    chosen = np.asarray(kind, dtype=bool)
    if chosen.sum() < FEWEST:
        raise UnmeasurableError(f"{chosen.sum()} {called} trials, at least {FEWEST} are needed")
    return float(np.asarray(answer, dtype=bool)[chosen].mean())


def hit_rate(outcomes: Outcomes) -> float:
    """Return the share of go trials with a hit; see `answered_share`."""
    return answered_share(outcomes.hit, outcomes.go, "go")


def false_alarm_rate(outcomes: Outcomes) -> float:
    """Return the share of catch trials with a false alarm; see `answered_share`."""
    return answered_share(outcomes.false_alarm, outcomes.catch, "catch")


def d_prime(outcomes: Outcomes) -> float:
    """Return d' of the whole session, z(hit rate) - z(false-alarm rate), without unit.

    As AllenSDK's rolling d': a rate of N trials is kept within 1 / 2N of 0 and 1, and then within 0.01 and 0.99.

    Raises
    ------
    UnmeasurableError
        If there are fewer than `FEWEST` go or catch trials.
    """
    rates = []
    for share, kind in ((hit_rate(outcomes), outcomes.go), (false_alarm_rate(outcomes), outcomes.catch)):
        half = 0.5 / int(np.sum(kind))
        rates.append(np.clip(np.clip(share, half, 1 - half), _CLIP, 1 - _CLIP))
    return float(stats.norm.ppf(rates[0]) - stats.norm.ppf(rates[1]))


def engaged_share(reward_rate: npt.ArrayLike) -> float:
    """Return the share of rated trials above `ENGAGED` rewards per minute, 0 to 1.

    Parameters
    ----------
    reward_rate : array, shape (trials,)
        Rewards per minute around each trial; NaN in the first ten.

    Raises
    ------
    UnmeasurableError
        If fewer than `FEWEST` trials have a rate.
    """
    rates = np.asarray(reward_rate, dtype=np.float64)
    rates = rates[np.isfinite(rates)]
    if len(rates) < FEWEST:
        raise UnmeasurableError(f"{len(rates)} trials with a reward rate, at least {FEWEST} are needed")
    return float(np.mean(rates > ENGAGED))


def lick_artefacts(licks: npt.ArrayLike) -> float:
    """Return the share of lick intervals shorter than `ARTEFACT` seconds, 0 to 1.

    Parameters
    ----------
    licks : array, shape (licks,)
        Times in seconds, in any order. NaN is no lick.

    Raises
    ------
    UnmeasurableError
        If there are fewer than `FEWEST` licks.
    """
    times = _licks(licks)
    if len(times) < FEWEST:
        raise UnmeasurableError(f"{len(times)} licks, at least {FEWEST} are needed")
    return float(np.mean(np.diff(times) < ARTEFACT))


def lick_rate(licks: npt.ArrayLike, seconds: float) -> float:
    """Return the lick rate, in 1/s.

    Parameters
    ----------
    licks : array, shape (licks,)
        Times in seconds. NaN is no lick.
    seconds : float
        Length of the session.

    Raises
    ------
    UnmeasurableError
        If the session has no length.
    """
    if not seconds > 0:
        raise UnmeasurableError("the session has no length")
    return len(_licks(licks)) / seconds


def measure_trials(outcomes: Outcomes, reward_rate: npt.ArrayLike, *, passive: bool) -> Iterator[Measurement]:
    """Yield the rows ``behavior.*`` of the trials.

    Parameters
    ----------
    outcomes : Outcomes
        The trials.
    reward_rate : array, shape (trials,)
        Rewards per minute around each trial.
    passive : bool
        Whether the mouse only watched, so that its answers mean nothing.
    """
    yield measure_row("behavior.trials", lambda: _enough_licks(len(outcomes.go)))
    for kind in ("go", "catch", "aborted", "auto_rewarded"):
        yield measure_row(f"behavior.{kind}_trials", partial(_number, outcomes, kind))
    yield measure_row("behavior.hit_rate", lambda: _of_active(hit_rate(outcomes), passive))
    yield measure_row("behavior.false_alarm_rate", lambda: _of_active(false_alarm_rate(outcomes), passive))
    yield measure_row("behavior.d_prime", lambda: _of_active(d_prime(outcomes), passive))
    yield measure_row("behavior.engaged", lambda: _of_active(engaged_share(reward_rate), passive))


def measure_licks(licks: npt.ArrayLike, seconds: float, *, passive: bool) -> Iterator[Measurement]:
    """Yield the rows ``behavior.lick*``.

    Parameters
    ----------
    licks : array, shape (licks,)
        Times in seconds, in any order. NaN is no lick.
    seconds : float
        Length of the session.
    passive : bool
        Whether the lick spout was away.
    """
    yield measure_row("behavior.licks", lambda: _of_active(float(len(_licks(licks))), passive))
    yield measure_row("behavior.lick_rate", lambda: _of_active(lick_rate(licks, seconds), passive), "1/s")
    yield measure_row("behavior.lick_artefacts", lambda: lick_artefacts(licks))


def _licks(licks: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the licks with a time, in order."""
    times = np.asarray(licks, dtype=np.float64)
    return np.sort(times[np.isfinite(times)])


def _enough_licks(number: int) -> float:
    if not number:
        raise UnmeasurableError("there are no trials")
    return float(number)


def _number(outcomes: Outcomes, kind: str) -> float:
    _enough_licks(len(outcomes.go))
    return float(np.sum(getattr(outcomes, kind)))


def _of_active(value: float, passive: bool) -> float:
    if passive:
        raise UnmeasurableError("passive session: the mouse only watched, without a lick spout")
    return value
