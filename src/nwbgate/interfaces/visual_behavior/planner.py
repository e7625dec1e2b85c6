"""Plan of the sessions in a release, driven by its tables."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from nwbgate.errors import SourceError, UsageError
from nwbgate.interfaces.dataset_metadata import shipped_metadata
from nwbgate.interfaces.plan import SessionPlan
from nwbgate.interfaces.visual_behavior.converter import contents, source_data_of, source_data_of_paths
from nwbgate.interfaces.visual_behavior.release.file import ReleasedFile, released_file
from nwbgate.interfaces.visual_behavior.release.local_copy import LocalRelease
from nwbgate.interfaces.visual_behavior.session_metadata import local_time
from nwbgate.interfaces.visual_behavior.texts import DATASET, published_start
from nwbgate.manifest.filters import FILTERS, Filters, as_list, choose_rows

#: What the manifest says of a session that its files say, too.
_EXPECTED = ("behavior_session_id", "ophys_session_id", "mouse_id", "session_type")
_NAME = "sub-{subject_id}/sub-{subject_id}_ses-{session_id}"


def plan_sessions(sources: Sequence[Path], options: Mapping[str, Any] | None = None) -> list[SessionPlan]:
    """Plan one session per row of the session table, or of the given files.

    Parameters
    ----------
    sources : sequence of Path
        The ``behavior_session_table.csv`` of one release, or files of the release.
    options : mapping, optional
        ``sessions``, ``mouse``, ``project_code`` and ``where`` filter the table; ``layout`` is ``session`` (one file
        with all planes) or ``plane`` (one file for each); ``events`` is ``table`` or ``series``; ``timezone`` is where
        the acquisition times are read as local times.

    Returns
    -------
    list of SessionPlan
        In the order of the table; sessions whose files are not there are excluded, unless they are asked for by
        identifier: then they are planned, and fail for want of their files.

    Raises
    ------
    UsageError
        If a filter does not fit, there are two releases, or filters are given without tables.
    TableError
        If a table or a manifest cannot be used.
    """
    given = {name: value for name, value in (options or {}).items() if value is not None}
    tables = [path for path in map(Path, sources) if path.suffix == ".csv"]
    files = [path for path in map(Path, sources) if path.suffix != ".csv"]
    if len(tables) > 1 or (tables and files):
        raise UsageError(
            "the sources belong to more than one release",
            where=", ".join(map(str, (*tables, *files)))[:500],
            expected="the folder of one release, or files",
            fix="convert them one after the other",
        )
    _refuse_empty(given)
    plans = _of_release(LocalRelease(tables[0]), given) if tables else _of_files(files, given)
    return [_with_options(plan, given) for plan in plans]


def _refuse_empty(options: Mapping[str, Any]) -> None:
    """Reject a filter without a value, which would select everything."""
    for name in FILTERS:
        if name in options and not str(options[name]).strip(" ,"):
            raise UsageError(
                "a filter has no value",
                where=f"option {name}",
                got=repr(options[name]),
                expected="a query" if name == "where" else "one value, or several separated by commas",
                fix="give a value, or leave the option out for all sessions",
            )


def _of_release(release: LocalRelease, options: Mapping[str, Any]) -> list[SessionPlan]:
    checksums = release.checksums()
    remarks = () if checksums else ("no manifest JSON fits these tables: the sources' checksums are not verified",)
    plans = []
    for row in _chosen_rows(release, options).to_dict("records"):
        paths = release.files_of(row)
        parts = [[path] for path in paths] if options.get("layout") == "plane" else [list(paths)]
        for part in parts:
            plan = _plan(row, {path: paths[path] for path in part}, checksums, remarks, options)
            plans.append(replace(plan, origin=f"{release.table}, behavior_session_id {plan.session_id}"))
    return plans


def _chosen_rows(release: LocalRelease, options: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rows of the sessions that match the filters among the options."""
    several = {name: as_list(options.get(name)) for name in FILTERS if name != "where"}
    filters = Filters(**several, where=str(options.get("where", "")))
    return choose_rows(release.sessions, filters, place=str(release.table), spelled="option {}".format)


def _plan(
    row: Mapping[Any, Any],
    paths: Mapping[Path, Mapping[str, int]],
    checksums: Mapping[str, str],
    remarks: tuple[str, ...],
    options: Mapping[str, Any],
) -> SessionPlan:
    missing = [path for path in paths if not path.is_file()]
    asked = bool(options.get("sessions"))
    planes = {str(path): dict(ids) for path, ids in paths.items() if ids}
    first, session_id = next(iter(paths)), str(row["behavior_session_id"])
    entry = {
        "file_path": str(first),
        "expected": {name: str(row[name]) for name in _EXPECTED if pd.notna(row.get(name))},
    }
    excluded = "" if asked else _not_there(missing, len(paths))
    return SessionPlan(
        session_id=session_id,
        sources=tuple(paths),
        source_data={
            "ManifestEntry": {**entry, "planes": planes},
            **source_data_of_paths(first, list(planes)),
        },
        metadata={"NWBFile": {"session_id": session_id}, "Subject": {"subject_id": str(row["mouse_id"])}},
        excluded=excluded,
        remarks=() if excluded else remarks,
        output=_output(len(planes), str(row["session_type"]), _single(planes, options)),
        checksums={path.name: checksums[path.name] for path in paths if path.name in checksums},
    )


def _single(planes: Mapping[str, Mapping[str, int]], options: Mapping[str, Any]) -> int | None:
    """Return the experiment of a file, if each plane gets its own file."""
    if options.get("layout") != "plane":
        return None
    return next((ids["ophys_experiment_id"] for ids in planes.values()), None)


def _not_there(missing: Sequence[Path], total: int) -> str:
    if not missing:
        return ""
    if len(missing) == total:
        return "not downloaded"
    names = ", ".join(path.name for path in missing)
    return f"{len(missing)} of {total} planes not downloaded: {names}; --layout plane converts the others"


def _output(planes: int, session_type: str, experiment: int | None) -> str:
    """Return the DANDI file name, with its kinds of data."""
    described = f"_desc-{experiment}" if experiment is not None else ""
    return f"{_NAME}{described}_{contents(session_type, planes=planes > 0)}.nwb"


def _of_files(paths: Sequence[Path], options: Mapping[str, Any]) -> list[SessionPlan]:
    """Plan the sessions of single files; an unreadable file fails as its own session."""
    wrong = [name for name in FILTERS if options.get(name)]
    if wrong:
        raise UsageError(
            "files have no tables to filter",
            got=", ".join(f"option {name}" for name in wrong),
            expected="the folder of a release",
            fix="give the folder, or leave the filters out",
            where="the command line",
        )
    sessions: dict[object, list[ReleasedFile]] = {}
    plans = []
    for path in paths:
        try:
            file = released_file(path)
        except SourceError:
            plans.append(SessionPlan(path.stem, (path,), source_data_of_paths(path, [])))
            continue
        by_plane = options.get("layout") == "plane"
        sessions.setdefault(file.path if by_plane else file.behavior_session_id, []).append(file)
    return [*(_plan_of_files(files, options) for files in sessions.values()), *plans]


def _plan_of_files(files: Sequence[ReleasedFile], options: Mapping[str, Any]) -> SessionPlan:
    first = min(files, key=lambda file: file.identifier)
    planes = [file for file in files if file.plane is not None]
    single = first.ophys_experiment_id if options.get("layout") == "plane" else None
    return SessionPlan(
        session_id=str(first.behavior_session_id),
        sources=tuple(file.path for file in sorted(files, key=lambda file: file.identifier)),
        source_data=source_data_of(files),
        metadata={"NWBFile": {"session_id": str(first.behavior_session_id)}},
        output=_output(len(planes), first.session_type, single),
    )


def _with_options(plan: SessionPlan, options: Mapping[str, Any]) -> SessionPlan:
    """Return a plan with the user's options applied."""
    events = {"events": options["events"]} if options.get("events") else {}
    chosen_options = {name: dict(events) for name in ("Licks", "Rewards")} if events else {}
    timezone = options.get("timezone")
    if not timezone:
        return replace(plan, conversion_options=chosen_options)
    return replace(
        plan,
        conversion_options=chosen_options,
        parameters={"timezone": str(timezone)},
        metadata=_in_timezone(plan, str(timezone)),
    )


def _in_timezone(plan: SessionPlan, timezone: str) -> dict[str, Any]:
    """Return a plan's metadata with the start read as local time, and a note."""
    about = dict(plan.metadata.get("NWBFile", {}))
    local_time(pd.Timestamp(0, tz="UTC").to_pydatetime(), timezone)  # refuses an unknown zone before any file is opened
    try:
        published = published_start(released_file(plan.sources[0]))
    except (SourceError, UsageError):  # its own conversion will say so
        return plan.metadata
    note = f"Session start: published as {published.isoformat()}, here read as local time of {timezone}."
    about["session_start_time"] = local_time(published, timezone).isoformat()
    about["notes"] = f"{shipped_metadata(DATASET)['NWBFile']['notes'].rstrip()}\n{note}"
    return {**plan.metadata, "NWBFile": about}
