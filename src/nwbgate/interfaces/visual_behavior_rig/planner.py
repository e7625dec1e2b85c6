"""Plan of the sessions in rig folders, one per session with all its planes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nwbgate.errors import NwbgateError, UsageError
from nwbgate.interfaces.plan import SessionPlan
from nwbgate.interfaces.visual_behavior.converter import contents
from nwbgate.interfaces.visual_behavior_rig.converter import source_data_of
from nwbgate.interfaces.visual_behavior_rig.session.session_facts import (
    PLANE_FILE,
    SESSION_FILE,
    TIMEZONE,
    SessionFacts,
    read_session_facts,
    session_folder,
)
from nwbgate.interfaces.visual_behavior_rig.session.side_tables import read_novel_images, read_projects
from nwbgate.writing.start_time import time_zone

#: Facts that name files which all planes of a session share.
SESSION_FILES = ("behavior_stimulus_file", "sync_file", "eye_tracking_filepath", "raw_eye_tracking_video_meta_data")
#: Facts that name files of a plane.
PLANE_FILES = (
    "dff_file", "demix_file", "neuropil_file", "neuropil_corrected_file", "events_file", "rigid_motion_transform_file",
    "max_projection_file", "average_intensity_projection_image_file",
)  # fmt: skip
_NAME = "sub-{subject_id}/sub-{subject_id}_ses-{session_id}"


@dataclass(frozen=True)
class _Found:
    """Facts of a session or of one of its planes, and where they are."""

    path: Path
    facts: SessionFacts
    folder: Path
    is_plane: bool


def plan_sessions(sources: Sequence[Path], options: Mapping[str, Any] | None = None) -> list[SessionPlan]:
    """Plan one session for each behavior session whose facts are among the sources.

    Parameters
    ----------
    sources : sequence of Path
        JSON files: ``session.json`` of behavior sessions, ``experiment.json`` of planes. Other JSON are passed over.
    options : mapping, optional
        ``image_sets`` (folder), ``novelty`` and ``projects`` (tables), ``timezone`` of acquisition times without zone,
        ``allow_trim`` (surplus two-photon pulses), ``imaging_edge`` (``rising`` or ``falling``), ``events``
        (``table`` or ``series``).

    Returns
    -------
    list of SessionPlan
        In the order of the sessions' ids; a session whose facts cannot be read fails by itself.

    Raises
    ------
    UsageError
        If no source is the facts of a session, or the time zone is unknown.
    TableError
        If a table cannot be used.
    """
    given = {name: value for name, value in (options or {}).items() if value is not None}
    time_zone(str(given.get("timezone", TIMEZONE)), where="--timezone")  # which refuses an unknown one
    projects = read_projects(Path(given["projects"])) if "projects" in given else {}
    novelty = read_novel_images(Path(given["novelty"])) if "novelty" in given else {}
    sessions: dict[tuple[Path, int], list[_Found]] = {}
    failed = []
    for path in filter(_is_facts, map(Path, sources)):
        try:
            found = _read(path)
        except NwbgateError:
            failed.append(_failing(path))
            continue
        sessions.setdefault((found.folder, found.facts.behavior_session_id), []).append(found)
    if not sessions and not failed:
        raise UsageError(
            "the sources are not facts of sessions",
            where=", ".join(map(str, sources))[:500],
            expected=f"{SESSION_FILE} or {PLANE_FILE} beside the files of a rig",
            fix="give the folder of a session, or of several",
        )
    plans = [_plan(sessions[key], projects, novelty, given) for key in sorted(sessions, key=lambda key: key[1])]
    return [*plans, *failed]


def _is_facts(path: Path) -> bool:
    """Return whether a file contains session facts, by its name or content."""
    if path.name in (SESSION_FILE, PLANE_FILE):
        return True
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and "behavior_session_id" in content


def _read(path: Path) -> _Found:
    facts = read_session_facts(path)
    return _Found(path, facts, session_folder(path, facts), "ophys_experiment_id" in json.loads(path.read_bytes()))


def _failing(path: Path) -> SessionPlan:
    """Return the plan of facts that cannot be read; its converter says why."""
    return SessionPlan(f"{path.parent.name}-{path.stem}", (path,), {"SessionMetadata": {"file_path": str(path)}})


def _plan(
    found: list[_Found],
    projects: Mapping[int, str],
    novelty: Mapping[int, list[str]],
    options: Mapping[str, Any],
) -> SessionPlan:
    first = min(found, key=lambda one: str(one.path))
    planes = sorted(one.path for one in found if one.is_plane)
    facts, number = first.facts, first.facts.behavior_session_id
    session = {
        **({"project_code": projects[number]} if number in projects else {}),
        **({"novel_images": novelty[number]} if number in novelty else {}),
        **({"timezone": str(options["timezone"])} if "timezone" in options else {}),
    }
    source_data = source_data_of(
        first.path,
        planes,
        session=session,
        image_sets_folder=options.get("image_sets"),
        allow_trim=int(options.get("allow_trim", 0)),
        imaging_edge=options.get("imaging_edge", "rising"),
    )
    events = {"events": options["events"]} if "events" in options else {}
    return SessionPlan(
        session_id=str(number),
        sources=tuple(_sources(found)),
        source_data=source_data,
        metadata={
            "NWBFile": {"session_id": str(number)},
            "Subject": {"subject_id": facts.external_specimen_name},
        },
        conversion_options={name: dict(events) for name in ("Licks", "Rewards")} if events else {},
        output=f"{_NAME}_{contents(facts.stimulus_name or '', planes=bool(planes))}.nwb",
    )


def _sources(found: list[_Found]) -> list[Path]:
    """Return the files of a session, each once, missing ones included."""
    paths: dict[Path, None] = {}
    for one in found:
        paths[one.path] = None
        for fact in (*SESSION_FILES, *PLANE_FILES):
            value = json.loads(one.path.read_bytes()).get(fact)
            if isinstance(value, str) and (one.folder / value).is_file():
                paths[one.folder / value] = None
    return list(paths)
