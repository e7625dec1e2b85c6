"""Session facts: the JSON with ids, animal, rig geometry and file names."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from nwbgate.errors import SourceError, UsageError
from nwbgate.writing.start_time import time_zone

#: Where the rigs stood; acquisition times without a zone are local times there.
TIMEZONE = "America/Los_Angeles"
#: Names of the JSON of a behavior session and of an imaging plane.
SESSION_FILE, PLANE_FILE = "session.json", "experiment.json"
#: Bytes that a JSON may have; a plane with 1000 cells has 2 MB.
LARGEST = 200_000_000

_Text = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value)]
_Three = Annotated[list[float], Field(min_length=3, max_length=3)]


class RigGeometry(BaseModel):
    """Positions of monitor, eye camera and infrared light, in millimeters and degrees."""

    equipment: str
    monitor_position_mm: _Three
    monitor_rotation_deg: _Three
    camera_position_mm: _Three
    camera_rotation_deg: _Three
    led_position: _Three


class SessionFacts(BaseModel):
    """Facts about a behavior session, with the names that AllenSDK's ``from_json`` uses.

    Paths are relative to the folder of the session.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    behavior_session_id: int
    behavior_stimulus_file: str
    foraging_id: str | None = None
    driver_line: list[str] = []
    reporter_line: list[str] = []
    full_genotype: str | None = None
    rig_name: str
    date_of_acquisition: datetime
    external_specimen_name: _Text
    age: str | None = Field(default=None, pattern=r"^P\d+")
    sex: Literal["M", "F", "U", "O"] = "U"
    stimulus_name: str | None = None
    project_code: str | None = None
    novel_images: list[str] | None = None
    monitor_delay: float | None = None
    ophys_session_id: int | None = None
    sync_file: str | None = None
    eye_tracking_filepath: str | None = None
    raw_eye_tracking_video_meta_data: str | None = None
    eye_tracking_rig_geometry: RigGeometry | None = None


class PlaneFacts(SessionFacts):
    """Facts about an imaging plane, and about the session that it belongs to."""

    ophys_experiment_id: int
    container_id: int | None = None
    movie_height: int = Field(gt=0, le=65535)
    movie_width: int = Field(gt=0, le=65535)
    surface_2p_pixel_size_um: float = Field(default=0.0, ge=0)
    targeted_structure: str
    targeted_depth: int
    imaging_plane_group: int | None = Field(default=None, ge=0)
    plane_group_count: int = Field(default=0, ge=0)
    max_projection_file: str | None = None
    average_intensity_projection_image_file: str | None = None
    rigid_motion_transform_file: str | None = None
    dff_file: str
    demix_file: str | None = None
    neuropil_file: str | None = None
    neuropil_corrected_file: str | None = None
    events_file: str | None = None
    cell_specimen_table_dict: dict[str, dict[str, Any]]


_Facts = TypeVar("_Facts", bound=SessionFacts)


def read_session_facts(path: Path) -> SessionFacts:
    """Return the facts about a session; those of an imaging plane tell them too.

    Raises
    ------
    UsageError
        If there is no such file.
    SourceError
        If it is not JSON, or lacks a fact.
    """
    return _validated_facts(SessionFacts, path)


def read_plane_facts(path: Path) -> PlaneFacts:
    """Return the facts about an imaging plane.

    Raises
    ------
    UsageError
        If there is no such file.
    SourceError
        If it is not JSON, or lacks a fact.
    """
    return _validated_facts(PlaneFacts, path)


def session_folder(path: Path, facts: SessionFacts) -> Path:
    """Return the folder that a JSON's paths are relative to.

    Raises
    ------
    SourceError
        If the stimulus pickle that it names is in neither.
    """
    own = path.absolute().parent
    for folder in (own, own.parent):
        if (folder / facts.behavior_stimulus_file).is_file():
            return folder
    raise SourceError(
        "the stimulus pickle of the session is not there",
        where=str(path),
        got=f"no {facts.behavior_stimulus_file} in {own} or {own.parent}",
        expected="the file named by behavior_stimulus_file",
        fix="copy it to the folder of the session, or correct the name",
    )


def file_of(path: Path, facts: SessionFacts, name: str) -> Path | None:
    """Return the file that a fact names, None where the fact is absent.

    Parameters
    ----------
    path : Path
        The JSON.
    facts : SessionFacts
        Its content.
    name : str
        The fact, such as ``sync_file``.

    Raises
    ------
    SourceError
        If the file is not there, or lies outside the session's folder.
    """
    value = getattr(facts, name)
    if value is None:
        return None
    folder = session_folder(path, facts)
    found: Path = folder / value
    if not found.resolve().is_relative_to(folder.resolve()):
        raise _wrong(path, name, f"{name} leads out of the folder of the session", value, "a path inside the folder")
    if not found.is_file():
        raise _wrong(path, name, "a file of the session is not there", f"no {found}", "the file that the JSON names")
    return found


def acquisition_time(facts: SessionFacts, timezone: str = TIMEZONE) -> datetime:
    """Return when the session was acquired, with its zone.

    Parameters
    ----------
    facts : SessionFacts
        Facts about the session.
    timezone : str
        Zone of a time that has none.
    """
    time = facts.date_of_acquisition
    return time if time.tzinfo is not None else time.replace(tzinfo=time_zone(timezone, where="--timezone"))


def _validated_facts(kind: type[_Facts], path: Path) -> _Facts:
    content = _json(path)
    try:
        return kind.model_validate(content)
    except ValidationError as problem:
        first = problem.errors()[0]
        key = ".".join(map(str, first["loc"]))
        got = "nothing" if first["type"] == "missing" else repr(first["input"])[:200]
        raise _wrong(path, key, f"the session facts have no usable {key}", got, first["msg"]) from None


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise UsageError(
            "there is no such file", where=str(path), expected="session facts (JSON)", fix="check the path"
        )
    if path.stat().st_size > LARGEST:
        raise _wrong(path, "", "the session facts are too large", f"{path.stat().st_size} bytes", f"up to {LARGEST}")
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as problem:
        raise _wrong(path, "", "the session facts are not JSON", str(problem), "one JSON object") from problem
    if not isinstance(content, dict):
        got = f"a JSON {type(content).__name__}"
        raise _wrong(path, "", "the session facts are not a JSON object", got, "one JSON object")
    return content


def _wrong(path: Path, key: str, what: str, got: str, expected: str) -> SourceError:
    where = f"{path}: {key}" if key else str(path)
    return SourceError(
        what, where=where, got=got, expected=expected, fix="correct the JSON beside the files of the rig"
    )
