"""Pictures of a session: behavior and clocks over time, and its imaging planes."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from nwbgate.qc.pictures.downsampling import Vector, bin_means, envelope, thin_out
from nwbgate.qc.pictures.picture import BLUE, GREEN, GREY, ORANGE, RED, Picture, picture
from nwbgate.qc.pictures.plane import FEWER_PIXELS, PIXELS, PlaneView, plane_pictures, view_of, views_pictures
from nwbgate.qc.streams import Streams

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Stretches that a trace is drawn in.
_COLUMNS = 900
#: Planes from which on their images are smaller.
_MANY = 4
#: Licks and rewards drawn one by one.
_MOST_TICKS = 3000
#: Draws one stream into its axes; the text is the label of the axes.
Panel = tuple[str, Callable[["Axes"], None]]


def session_pictures(session: Streams) -> tuple[Picture, ...]:
    """Return the pictures of a session, one plane in memory at a time."""
    views: list[PlaneView] = []
    own: list[Picture] = []
    planes = session.planes()
    for name, plane in planes.items():
        view = view_of(plane, name, PIXELS if len(planes) <= _MANY else FEWER_PIXELS)
        own += plane_pictures(view)
        views.append(view.without_cells())
        plane.plane.forget()
    return (*_behavior(session), *_clocks(session, views), *views_pictures(views), *own)


def _column(session: Streams, table: str, name: str) -> Vector:
    """Return a column of a table as numbers, empty if missing."""
    frame = session.table(table)
    if frame is None or name not in frame:
        return np.zeros(0)
    return np.asarray(frame[name].to_numpy(dtype=np.float64, na_value=np.nan))


def _behavior(session: Streams) -> tuple[Picture, ...]:
    """Return the picture of behavior over the session, if it has any."""
    panels = [*_draw_speed(session), *_pupil(session), *_events(session), *_performance(session)]
    if not panels:
        return ()

    def draw(figure: "Figure") -> None:
        axes = np.atleast_1d(figure.subplots(len(panels), 1, sharex=True))
        for place, (label, fill) in zip(axes, panels, strict=True):
            fill(place)
            place.set_ylabel(label)
            place.margins(x=0.01)
        axes[-1].set_xlabel("time (min)")

    return (
        picture(
            "behavior",
            "Behavior over the session",
            "Running and pupil are means of short stretches, licks and rewards one tick each. Gaps are missing data,"
            " for the pupil mostly blinks.",
            draw,
            height=0.5 + 1.0 * len(panels),
        ),
    )


def _trace(values: Vector, times: Vector, colour: str) -> Callable[["Axes"], None]:
    def fill(axes: "Axes") -> None:
        at, means = bin_means(values, times / 60, _COLUMNS)
        axes.plot(at, means, color=colour)

    return fill


def _draw_speed(session: Streams) -> list[Panel]:
    speed, times = (_column(session, "running_speed", name) for name in ("speed", "timestamps"))
    return [("speed\n(cm/s)", _trace(speed, times, BLUE))] if len(speed) and len(speed) == len(times) else []


def _pupil(session: Streams) -> list[Panel]:
    area, times = (_column(session, "eye_tracking", name) for name in ("pupil_area", "timestamps"))
    return [("pupil\n(pixels)", _trace(area, times, GREEN))] if np.isfinite(area).any() else []


def _events(session: Streams) -> list[Panel]:
    found = {name: _column(session, name, "timestamps") / 60 for name in ("licks", "rewards")}
    there = {name: times for name, times in found.items() if len(times)}
    if not there:
        return []

    def fill(axes: "Axes") -> None:
        colours = [{"licks": GREY, "rewards": ORANGE}[name] for name in there]
        axes.eventplot([thin_out(times, _MOST_TICKS) for times in there.values()], colors=colours, linewidths=0.6)
        axes.set_yticks(range(len(there)), list(there))

    return [("", fill)]


def _performance(session: Streams) -> list[Panel]:
    rolling, trials = session.table("rolling_performance"), session.table("trials")
    if rolling is None or trials is None or not len(rolling) or "start_time" not in trials:
        return []
    times = trials["start_time"].reindex(rolling.index).to_numpy(dtype=np.float64) / 60
    lines = [(name, colour) for name, colour in (("hit_rate", BLUE), ("false_alarm_rate", RED)) if name in rolling]

    def fill(axes: "Axes") -> None:
        for name, colour in lines:
            axes.plot(times, rolling[name].to_numpy(dtype=np.float64), color=colour, label=name.replace("_", " "))
        axes.set_ylim(-0.05, 1.05)
        axes.legend(loc="upper right", fontsize=7, ncols=2)

    return [("rate", fill)] if lines else []


def _clocks(session: Streams, views: list[PlaneView]) -> tuple[Picture, ...]:
    """Return the picture of frame intervals, which shows dropped frames and gaps."""
    clocks = {"stimulus": np.asarray(session.array("stimulus_timestamps"), dtype=np.float64)}
    clocks |= {"eye": _column(session, "eye_tracking", "timestamps")}
    imaging = {view.group if view.group is not None else view.name: view.times for view in views}
    clocks |= {f"imaging {group}" if len(imaging) > 1 else "imaging": times for group, times in imaging.items()}
    there = {name: times for name, times in clocks.items() if len(times) > 2}
    if not there:
        return ()

    def draw(figure: "Figure") -> None:
        axes = np.atleast_1d(figure.subplots(len(there), 1, sharex=True))
        for place, (name, times) in zip(axes, there.items(), strict=True):
            at, low, high = envelope(1e3 * np.diff(times), times[:-1] / 60, _COLUMNS)
            place.fill_between(at, low, high, color=BLUE, linewidth=0.6)
            usual = 1e3 * float(np.median(np.diff(times)))
            place.set_ylim(min(0.5 * usual, float(np.nanmin(low))), max(1.5 * usual, 1.05 * float(np.nanmax(high))))
            place.set_ylabel(f"{name}\n(ms)")
            place.margins(x=0.01)
        axes[-1].set_xlabel("time (min)")

    return (
        picture(
            "clocks",
            "Intervals between frames",
            "Shortest and longest interval of each stretch: a dropped frame doubles one, a gap stands out. Planes that"
            " are recorded together share a clock.",
            draw,
            height=0.5 + 0.9 * len(there),
        ),
    )
