"""Which sessions a folder of recordings makes, and what the side-car table adds to each; no trace is opened."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nwbgate.errors import UsageError
from nwbgate.interfaces.dataset_ii.converter import source_data_of
from nwbgate.interfaces.dataset_ii.metadata import completed, shipped_metadata, stand_in_subject, unknown_values
from nwbgate.interfaces.dataset_ii.recordings_table import RecordingRow, read_recordings
from nwbgate.interfaces.plan import SessionPlan

#: Columns of the table that fill the metadata section of the same name.
_OF_SUBJECT = ("subject_id", "sex", "age")
_OF_RECORDING = ("neuron_id", "depth_um", "anaesthetic", "pipette_resistance_mohm", "x", "y", "z", "notes")


def plan_sessions(sources: Sequence[Path], options: Mapping[str, Any] | None = None) -> list[SessionPlan]:
    """Plan one session per recording.

    Parameters
    ----------
    sources : sequence of Path
        Source files; the stem of each is its recording's id.
    options : mapping, optional
        ``recordings``: path of the side-car table (CSV), see `nwbgate.interfaces.dataset_ii.recordings_table`.

    Returns
    -------
    list of SessionPlan
        In the order of the sources.

    Raises
    ------
    UsageError
        If two sources have one recording id.
    TableError
        If the side-car table cannot be used.
    """
    by_id = _by_recording_id(sources)
    table = (options or {}).get("recordings")
    rows = read_recordings(Path(table), by_id) if table else {}
    return [_plan(path, rows.get(recording_id), rows) for recording_id, path in by_id.items()]


def _by_recording_id(sources: Sequence[Path]) -> dict[str, Path]:
    by_id: dict[str, Path] = {}
    for path in map(Path, sources):
        first = by_id.setdefault(path.stem, path)
        if first is not path:
            raise UsageError(
                f"two sources have the recording id {path.stem!r}",
                where=f"{first} and {path}",
                expected="one source for each recording",
                fix="give one of them, or rename one",
            )
    return by_id


def _plan(path: Path, row: RecordingRow | None, rows: Mapping[str, RecordingRow]) -> SessionPlan:
    recording_id = path.stem
    values = row.values if row else {}
    neighbours = _neighbours(recording_id, rows)
    metadata = _metadata(recording_id, values, neighbours, rows)
    notes = str(values.get("notes", ""))
    return SessionPlan(
        session_id=recording_id,
        sources=(path,),
        source_data=source_data_of(path),
        metadata=metadata,
        excluded=(notes or "excluded by the recordings table") if values.get("exclude") else "",
        remarks=tuple(_remarks(values, neighbours)),
        unknown=unknown_values(_with_any_age(completed(shipped_metadata(), metadata))),
    )


def _metadata(
    recording_id: str,
    values: Mapping[str, Any],
    neighbours: Mapping[str, Sequence[str]],
    rows: Mapping[str, RecordingRow],
) -> dict[str, Any]:
    subject = {name: values[name] for name in _OF_SUBJECT if name in values}
    subject.setdefault("subject_id", _subject_of_neuron(recording_id, neighbours["same_neuron"], rows))
    metadata: dict[str, Any] = {"NWBFile": {"session_id": recording_id}, "Subject": subject}
    if "session_start_time" in values:
        metadata["NWBFile"]["session_start_time"] = values["session_start_time"]
    recording = {name: values[name] for name in _OF_RECORDING if name in values}
    recording |= {name: list(others) for name, others in neighbours.items() if others}
    return {**metadata, "Recording": recording} if recording else metadata


def _neighbours(recording_id: str, rows: Mapping[str, RecordingRow]) -> dict[str, list[str]]:
    """Return the other recordings of the neuron and of the mouse, as far as the table says."""
    return {
        "same_neuron": _sharing("neuron_id", recording_id, rows),
        "same_subject": _sharing("subject_id", recording_id, rows),
    }


def _sharing(column: str, recording_id: str, rows: Mapping[str, RecordingRow]) -> list[str]:
    value = rows[recording_id].values.get(column) if recording_id in rows else None
    if value is None:
        return []
    return sorted(name for name, row in rows.items() if name != recording_id and row.values.get(column) == value)


def _subject_of_neuron(recording_id: str, same_neuron: Sequence[str], rows: Mapping[str, RecordingRow]) -> str:
    """Return the mouse of a recording for which the table names none: recordings of one neuron are of one mouse."""
    named = (rows[other].values.get("subject_id") for other in same_neuron)
    return str(next((subject for subject in named if subject), stand_in_subject(min([recording_id, *same_neuron]))))


def _remarks(values: Mapping[str, Any], neighbours: Mapping[str, Sequence[str]]) -> Iterable[str]:
    for column, word, others in (
        ("neuron_id", "neuron", neighbours["same_neuron"]),
        ("subject_id", "subject", neighbours["same_subject"]),
    ):
        if others:
            yield f"shares {word} {values[column]} with {', '.join(others)}"


def _with_any_age(metadata: dict[str, Any]) -> dict[str, Any]:
    """Return metadata with an age range where no age is given: each line has one, and which line it is does not matter."""
    metadata["Subject"].setdefault("age", next(iter(metadata["Genotypes"].values()))["age"])
    return metadata
