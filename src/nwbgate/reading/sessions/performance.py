"""Task performance over a session and per trial, as in AllenSDK 2.16.2.

Checked against AllenSDK's own output; where its documentation says otherwise, the documented variant is a function of
its own.
"""

from typing import Any

import numpy as np
import pandas as pd

from nwbgate.algorithms.normal_quantile import normal_quantile

Values = np.ndarray[Any, np.dtype[np.float64]]

#: Trials around a trial whose rewards are counted; trials before which there is no rate.
REWARD_WINDOW, FIRST_TRIAL = 25, 10
#: Trials over which hit and false alarm rates roll.
ROLLING_WINDOW = 100
#: Response window in seconds after the change.
RESPONSE_WINDOW = (0.15, 0.75)
#: Rewards per minute above which a mouse counts as engaged, as AllenSDK's performance metrics count.
ENGAGED = 2.0
#: Rates are kept this far from 0 and 1 before d' is computed.
CLIP = 0.01
_OUTCOMES = ("hit", "miss", "false_alarm", "correct_reject")


def response_window(task: pd.DataFrame | None) -> tuple[float, float]:
    """Return the start of a task's response window, and AllenSDK's fixed end."""
    return RESPONSE_WINDOW if task is None else (float(task["response_window_sec"].iloc[0][0]), RESPONSE_WINDOW[1])


def reward_rate(trials: pd.DataFrame, window: tuple[float, float] = RESPONSE_WINDOW) -> Values:
    """Return rewards per minute around each trial, shape (trials,); NaN for the first ten.

    What AllenSDK computes: trials whose first lick more than 0.15 s after the change comes before 0.75 s, false alarms
    and licks after automatic rewards among them, counted from 25 trials before to 25 after. Its documentation says the
    25 trials before: that is `reward_rate_documented`.

    Parameters
    ----------
    trials : DataFrame
        ``start_time``, ``change_time`` and ``lick_times``.
    window : tuple of float
        Response window in seconds after the change.
    """
    return _reward_rate(trials, window, after=REWARD_WINDOW)


def reward_rate_documented(trials: pd.DataFrame, window: tuple[float, float] = RESPONSE_WINDOW) -> Values:
    """Return rewards per minute over 25 previous trials; NaN for the first ten.

    As AllenSDK's documentation says it; `reward_rate` is what it computes.

    Parameters
    ----------
    trials, window
        As for `reward_rate`.
    """
    return _reward_rate(trials, window, after=0)


def _reward_rate(trials: pd.DataFrame, window: tuple[float, float], after: int) -> Values:
    n = len(trials)
    rewarded = _latencies(trials, window[0]) < window[1]
    counted = np.concatenate([[0], np.cumsum(rewarded)])
    start = trials["start_time"].to_numpy(np.float64)
    rows = np.arange(n)
    first, stop = np.maximum(rows - REWARD_WINDOW, 0), np.minimum(rows + after, n)
    last = np.maximum(stop - 1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = (counted[stop] - counted[first]) / (start[last] - start[first]) * 60 if n else np.empty(0)
    rate = np.asarray(rate, dtype=np.float64)
    rate[:FIRST_TRIAL] = np.nan
    return rate


def _latencies(trials: pd.DataFrame, earliest: float) -> Values:
    """Return seconds from change to first lick after `earliest`; infinite without one."""
    found = np.full(len(trials), np.inf)
    pairs = zip(trials["lick_times"], trials["change_time"].to_numpy(np.float64), strict=True)
    for row, (licks, change) in enumerate(pairs):
        after = np.asarray(licks, dtype=np.float64) - change
        after = after[after > earliest]
        if len(after):
            found[row] = after[0]
    return found


def rolling_performance(trials: pd.DataFrame, rate: Values) -> pd.DataFrame:
    """Return hit rate, false alarm rate and d' over the last 100 completed trials.

    Parameters
    ----------
    trials : DataFrame
        Trials, indexed by ``trials_id``.
    rate : array, shape (trials,)
        What `reward_rate` returned.

    Returns
    -------
    DataFrame
        ``reward_rate`` (rewards per minute), ``hit_rate_raw``, ``hit_rate`` and ``false_alarm_rate_raw``,
        ``false_alarm_rate`` (raw, and kept away from 0 and 1 by half a trial), ``rolling_dprime``; NaN where aborted.
    """
    kept = trials[~trials["aborted"].to_numpy(bool)]
    hits, go = _rolling(kept["hit"], kept["hit"] | kept["miss"])
    alarms, catch = _rolling(kept["false_alarm"], kept["false_alarm"] | kept["correct_reject"])
    hit_rate, alarm_rate = _corrected_rate(hits, go), _corrected_rate(alarms, catch)
    rolled = pd.DataFrame(
        {
            "hit_rate_raw": hits,
            "hit_rate": hit_rate,
            "false_alarm_rate_raw": alarms,
            "false_alarm_rate": alarm_rate,
            "rolling_dprime": np.zeros(len(kept)) if is_passive(trials) else dprime(hit_rate, alarm_rate),
        },
        index=kept.index,
    ).reindex(trials.index)
    rolled.insert(0, "reward_rate", rate)
    return rolled


def _rolling(happened: "pd.Series[Any]", eligible: "pd.Series[Any]") -> tuple[Values, Values]:
    """Return the response fraction of eligible trials, and their number."""
    values = happened.astype(float).where(eligible)
    window = values.rolling(ROLLING_WINDOW, min_periods=0)
    return window.mean().to_numpy(), eligible.astype(float).rolling(ROLLING_WINDOW, min_periods=0).sum().to_numpy()


def _corrected_rate(rate: Values, trials: Values) -> Values:
    """Return a rate clipped half a trial from 0 and 1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        least = 1 / (2 * trials)
        return np.where(trials > 0, np.clip(rate, least, 1 - least), np.nan)


def dprime(hit_rate: Values, false_alarm_rate: Values) -> Values:
    """Return d' = Z(hit rate) - Z(false alarm rate), rates clipped."""
    hits, alarms = (normal_quantile(np.clip(rate, CLIP, 1 - CLIP)) for rate in (hit_rate, false_alarm_rate))
    return hits - alarms


def is_passive(trials: pd.DataFrame) -> bool:
    """Return whether the mouse could not respond: no lick or reward in any trial."""
    return not any(len(licks) for licks in trials["lick_times"]) and bool((trials["reward_volume"] == 0).all())


def performance_metrics(trials: pd.DataFrame, rolling: pd.DataFrame) -> dict[str, Any]:
    """Return the summary metrics of a session, by AllenSDK's keys.

    AllenSDK's documentation calls ``auto_reward_count`` auto_rewarded_trial_count and ``earned_reward_count``
    rewarded_trial_count.

    Parameters
    ----------
    trials, rolling : DataFrame
        Trials, and what `rolling_performance` returned for them.
    """
    engaged = (rolling["reward_rate"] > ENGAGED).to_numpy()
    counts: dict[str, Any] = {"trial_count": len(trials)}
    counts |= {f"{kind}_trial_count": int(trials[kind].sum()) for kind in ("go", "catch", *_OUTCOMES)}
    counts |= {
        "auto_reward_count": int(trials["auto_rewarded"].sum()),
        "earned_reward_count": int(trials["hit"].sum()),
        "total_reward_count": int(trials["reward_time"].notna().sum()),
        "total_reward_volume": float(sum(trials["reward_volume"].tolist())),
        "maximum_reward_rate": float(np.nanmax(rolling["reward_rate"]))
        if rolling["reward_rate"].notna().any()
        else np.nan,
        "engaged_trial_count": int(engaged.sum()),
    }
    for rate in ("hit_rate", "false_alarm_rate"):
        counts[f"mean_{rate}"] = float(rolling[rate].mean())
        counts[f"mean_{rate}_uncorrected"] = float(rolling[f"{rate}_raw"].mean())
        counts[f"mean_{rate}_engaged"] = float(rolling[rate][engaged].mean())
    for name in ("mean", "max"):
        for suffix, rows in (("", slice(None)), ("_engaged", engaged)):
            counts[f"{name}_dprime{suffix}"] = float(getattr(rolling["rolling_dprime"][rows], name)())
    return counts
