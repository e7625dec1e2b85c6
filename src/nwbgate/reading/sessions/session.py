"""A behavior session, with or without imaging, with AllenSDK's tables and names."""

from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from nwbgate.errors import NwbgateError
from nwbgate.manifest.derive import image_set_of
from nwbgate.reading.facts.imaging.planes import Planes
from nwbgate.reading.format.layouts import LayoutName, session_tables
from nwbgate.reading.format.session_table import Found, find_table, incomplete
from nwbgate.reading.name_hints import RightNames, SessionTable, no_attribute
from nwbgate.reading.nwb_data import NWBData
from nwbgate.reading.sessions import columns as session_columns
from nwbgate.reading.sessions.lick_times import with_lick_times
from nwbgate.reading.sessions.stimulus_images import stimulus_images
from nwbgate.reading.sessions.summary import absent, glance, present
from nwbgate.storage.hdf5 import readable

if TYPE_CHECKING:
    import xarray

    from nwbgate.reading.planes.plane import Plane

Vector = np.ndarray[Any, np.dtype[np.float64]]

_TRIALS = "/intervals/trials"


class Session(NWBData):
    """One behavior session, with AllenSDK 2.16.2's table names, columns, order and values.

    Times are in seconds on the session's clock. Tables are pandas frames, read when they are first asked for, and kept.

    Parameters
    ----------
    path : path or str
        A converted file, or one of the public release.
    """

    @cached_property
    def _layout(self) -> LayoutName:
        return "released" if self.layout == "released" else "standard"

    def _found_table(self, name: str) -> Found | None:
        with readable(str(self.path)):
            return find_table(self.file, name, self._layout, {})

    def _frame(self, name: str) -> pd.DataFrame | None:
        """Return the available columns of a table, with AllenSDK's numbers for missing integers.

        Raises
        ------
        SourceError
            If the table lacks columns that it is of no use without.
        """
        found = self._found_table(name)
        if found is None:
            return None
        if found.frame is None:
            raise incomplete(str(self.path), name, found)
        there = [fact["column"] for fact in found.columns if fact["found"]]
        columns = session_tables().tables[name].columns
        return pd.DataFrame({column: session_columns.plain(found.frame[column], columns[column]) for column in there})

    @cached_property
    def trials(self) -> pd.DataFrame:
        """One row per trial, aborted ones included, indexed by ``trials_id``.

        ``change_time`` includes the delay of the monitor, lick and reward times do not, so that ``response_latency``
        can be slightly negative. ``lick_times`` are those of the trial even where AllenSDK lost which are whose.
        """
        frame = self._required_table("trials")
        if self._layout == "released" and f"{_TRIALS}/lick_times_index" not in self.file:
            frame = with_lick_times(frame)
        if "trials_id" not in frame:
            frame.insert(0, "trials_id", np.arange(len(frame)))
        return SessionTable.of("trials", frame.set_index("trials_id"))

    def _required_table(self, name: str) -> pd.DataFrame:
        frame = self._frame(name)
        if frame is None:
            there = ", ".join(present(self.file, self._layout))
            raise AttributeError(f"{self.path} has no {name}; it has {there}", name=name, obj=self)
        return frame

    @cached_property
    def licks(self) -> pd.DataFrame:
        """One row per lick: ``timestamps`` (seconds) and stimulus ``frame``."""
        return self._events("licks", ("timestamps", "frame"))

    @cached_property
    def rewards(self) -> pd.DataFrame:
        """One row per reward: ``volume`` (milliliters), ``timestamps`` (seconds), ``auto_rewarded``."""
        return SessionTable.of("rewards", self._events("rewards", ("volume", "timestamps", "auto_rewarded")))

    def _events(self, name: str, columns: Sequence[str]) -> pd.DataFrame:
        frame = self._frame(name)
        return pd.DataFrame({column: np.empty(0) for column in columns}) if frame is None else frame[list(columns)]

    @cached_property
    def stimulus_presentations(self) -> pd.DataFrame:
        """One row per presentation: flashes, omissions, gratings, gray screens, frames of a movie.

        Times include the delay of the monitor. As in AllenSDK ``is_change`` is False on gray screens and movie frames,
        and ``flashes_since_change`` counts them; -99 stands for no number. An omitted flash has a ``duration`` of
        0.25 s, where the documentation says NaN.
        """
        frame = session_columns.presentations(self._required_table("stimulus_presentations"))
        return SessionTable.of("stimulus_presentations", frame)

    @cached_property
    def stimulus_templates(self) -> pd.DataFrame:
        """Images: ``unwarped`` (float64), and ``warped`` for the monitor (uint8)."""
        with readable(str(self.path)):
            return stimulus_images(self.file, self._layout)

    @cached_property
    def stimulus_timestamps(self) -> Vector:
        """Times of the stimulus frames without monitor delay, in seconds, float64, shape (frames,)."""
        times: Vector = self._required_table("stimulus_timestamps")["timestamps"].to_numpy(np.float64)
        return times

    @cached_property
    def running_speed(self) -> pd.DataFrame:
        """``timestamps`` (seconds) and ``speed`` (centimeters per second), both float64, low-pass filtered.

        The documentation of the release says at 10 Hz, AllenSDK 2.16.2 filters at 4 Hz; the file does not say which.
        """
        return self._required_table("running_speed")

    @cached_property
    def raw_running_speed(self) -> pd.DataFrame:
        """``timestamps`` (seconds) and ``speed`` (centimeters per second), both float64, before the filter."""
        return self._required_table("raw_running_speed")

    @cached_property
    def running_encoder(self) -> pd.DataFrame:
        """Signals of the wheel, float64: ``timestamps`` (seconds), ``v_sig`` and ``v_in`` (volts), ``dx`` (degrees)."""
        return self._required_table("running_encoder")

    @cached_property
    def eye_tracking(self) -> pd.DataFrame:
        """Ellipses of eye, pupil and corneal reflection, one row per camera frame.

        Widths and heights are semi-axes, areas NaN where ``likely_blink``. No row without eye tracking.
        """
        columns = list(session_columns.EYE_TRACKING)
        frame = self._frame("eye_tracking")
        if frame is None:
            return pd.DataFrame({name: np.empty(0) for name in columns}).rename_axis("frame")
        return frame[columns].rename_axis("frame")

    @cached_property
    def eye_tracking_rig_geometry(self) -> dict[str, Any]:
        """Positions (millimeters) and rotations (degrees) of camera, light and monitor; empty without them."""
        found = self._frame("eye_tracking_rig_geometry")
        if found is None:
            return {}
        row = session_columns.first_row(found)
        return {name: row[name] for name in sorted(row)}

    @cached_property
    def source_agreement(self) -> pd.DataFrame:
        """Agreement of the raw sources, one row per comparison; empty without a rig."""
        return self._events("source_agreement", tuple(session_tables().tables["source_agreement"].columns))

    @cached_property
    def task_parameters(self) -> dict[str, Any]:
        """Settings of the task, by AllenSDK's keys; durations in seconds, volumes in milliliters."""
        row = session_columns.first_row(self._required_table("task_parameters"))
        row["image_set"] = image_set_of(str(row["session_type"]))
        return {name: row[name] for name in sorted(row)}

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """Metadata of session and mouse, by AllenSDK's keys; None where unknown.

        ``stimulus_frame_rate`` in hertz; ``mouse_id`` is text, and ``date_of_acquisition`` a date with its offset.
        """
        with readable(str(self.path)):
            return session_columns.metadata(self._required_table("session").iloc[0].to_dict())

    @property
    def behavior_session_id(self) -> int | None:
        """Identifier of the behavior session."""
        return cast("int | None", self.metadata["behavior_session_id"])

    @property
    def ophys_session_id(self) -> int | None:
        """Identifier of the imaging session; None without imaging."""
        return session_columns.whole_or_none(
            self._required_table("session").get("ophys_session_id", pd.Series([None])).iloc[0]
        )

    @cached_property
    def reward_rate(self) -> Vector:
        """Rewards per minute around each trial, as AllenSDK computes it, float64, (trials,)."""
        from nwbgate.reading.sessions.performance import reward_rate

        return reward_rate(self.trials, self._response_window)

    @cached_property
    def reward_rate_documented(self) -> Vector:
        """Rewards per minute over 25 previous trials, as AllenSDK documents, float64, (trials,)."""
        from nwbgate.reading.sessions.performance import reward_rate_documented

        return reward_rate_documented(self.trials, self._response_window)

    @property
    def _response_window(self) -> tuple[float, float]:
        """Start of the task's response window, and AllenSDK's fixed end."""
        from nwbgate.reading.sessions.performance import response_window

        return response_window(self._frame("task_parameters"))

    @cached_property
    def rolling_performance(self) -> pd.DataFrame:
        """Reward rate, hit rate, false alarm rate and d' by ``trials_id``."""
        from nwbgate.reading.sessions.performance import rolling_performance

        return rolling_performance(self.trials, self.reward_rate)

    @cached_property
    def performance_metrics(self) -> dict[str, Any]:
        """Summary counts and rates of the session, by AllenSDK's keys.

        The documentation has other names for ``auto_reward_count`` and ``earned_reward_count``, and says of
        ``mean_false_alarm_rate`` what is true of ``mean_false_alarm_rate_engaged``.
        """
        from nwbgate.reading.sessions.performance import performance_metrics

        return RightNames("performance_metrics", performance_metrics(self.trials, self.rolling_performance))

    @cached_property
    def planes(self) -> "dict[str, Plane]":
        """The imaging planes by name, ``<targeted_structure>_<targeted_imaging_depth>``; empty without imaging."""
        from nwbgate.reading.planes.plane import planes  # a session that is asked for tables needs no planes

        return planes(self)

    @cached_property
    def planes_by_experiment(self) -> "dict[int, Plane]":
        """The imaging planes by ``ophys_experiment_id``."""
        numbered = ((plane.ophys_experiment_id, plane) for plane in self.planes.values())
        return Planes(self.path, {number: plane for number, plane in numbered if number is not None})

    @property
    def plane(self) -> "Plane":
        """The imaging plane of a single-plane session.

        Raises
        ------
        UsageError
            If it has several, or none.
        """
        from nwbgate.reading.planes.plane import single_plane

        return single_plane(self.planes, self.path)

    @cached_property
    def annotated_presentations(self) -> pd.DataFrame:
        """Presentations with the licks, rewards, running speed and pupil area of each."""
        from nwbgate.reading.sessions.annotated_presentations import annotated_presentations

        return annotated_presentations(self)

    def aligned(  # type: ignore[override]  # the events of a session have names
        self, plane: "Plane | str", kind: Any, window: tuple[float, float] = (-1.0, 2.0), signal: str = "dff"
    ) -> "xarray.DataArray":
        """Return a plane's traces around events or given times.

        See `nwbgate.reading.sessions.aligned.aligned`. Instead of a plane, the name of a series or ``units`` may be
        given; see `nwbgate.reading.objects.aligned.aligned_to_times`.
        """
        from nwbgate.reading.sessions.aligned import aligned
        from nwbgate.reading.sessions.event_kinds import times_of

        if isinstance(plane, str) and plane not in self.planes and (plane == "units" or plane in self.series):
            return super().aligned(plane, times_of(self, kind), window)
        return aligned(self, plane, kind, window=window, signal=signal)

    def glance(self) -> dict[str, str]:
        """Return a summary of the file as short texts by name, tables by length."""
        return glance(self)

    def __dir__(self) -> list[str]:
        """Return the available attributes."""
        with suppress(NwbgateError):  # the file is gone: what a session may have is all that can be said
            return sorted({*super().__dir__()} - {*absent(self.file, self._layout)})
        return sorted({*super().__dir__()})

    def __getattr__(self, name: str) -> Any:
        """Raise for a missing attribute, suggesting the nearest name."""
        if hasattr(type(self), name):
            return object.__getattribute__(self, name)  # raises again what the property raised
        raise no_attribute(self, "session", name)
