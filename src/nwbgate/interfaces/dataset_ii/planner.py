"""Plan of the sessions in a folder of recordings, with the side-car table."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nwbgate.errors import SourceError, TableError, UsageError
from nwbgate.interfaces.dataset_ii.converter import source_data_of
from nwbgate.interfaces.dataset_ii.metadata import stand_in_subject
from nwbgate.interfaces.dataset_ii.recordings_table import RecordingRow, read_recordings
from nwbgate.interfaces.dataset_ii.source import RecordingSource
from nwbgate.interfaces.dataset_ii.unusual_values import unusual_rows, unusual_values
from nwbgate.interfaces.plan import SessionPlan

#: Columns of the table that fill the metadata section of the same name.
_OF_SUBJECT = ("sex", "age")
_OF_RECORDING = ("neuron_id", "depth_um", "anaesthetic", "pipette_resistance_mohm", "x", "y", "z", "notes")


def plan_sessions(sources: Sequence[Path], options: Mapping[str, Any] | None = None) -> list[SessionPlan]:
    """Plan one session per recording.

    Parameters
    ----------
    sources : sequence of Path
        Source files; the stem of each is its recording's id.
    options : mapping, optional
        ``recordings``: path of the side-car table, see `nwbgate.interfaces.dataset_ii.recordings_table`;
        ``timezone``: zone of its start times that have no offset.

    Returns
    -------
    list of SessionPlan
        In the order of the sources.

    Raises
    ------
    UsageError
        If two sources have one recording id.
    TableError
        If the side-car table cannot be used, or gives one mouse recordings of two genotypes.
    """
    paths = _by_recording_id(sources)
    table, timezone = ((options or {}).get(name) for name in ("recordings", "timezone"))
    rows = read_recordings(Path(table), paths, timezone=timezone) if table else {}
    values = {recording_id: dict(rows[recording_id].values) if recording_id in rows else {} for recording_id in paths}
    subjects = _subjects(values)
    if table:
        _refuse_two_genotypes(paths, subjects, rows, table)
    neighbours, odd = _neighbours(values, subjects), unusual_rows(values)
    return [
        replace(
            _plan(path, values[name], neighbours[name], subjects[name], odd[name]),
            origin=f"{table}, row at line {rows[name].line}" if name in rows else "",
        )
        for name, path in paths.items()
    ]


def _by_recording_id(sources: Sequence[Path]) -> dict[str, Path]:
    paths: dict[str, Path] = {}
    for path in map(Path, sources):
        first = paths.setdefault(path.stem, path)
        if first is not path:
            raise UsageError(
                f"two sources have the recording id {path.stem!r}",
                where=f"{first} and {path}",
                expected="one source for each recording",
                fix="give one of them, or rename one",
            )
    return paths


def _plan(
    path: Path, values: Mapping[str, Any], neighbours: Mapping[str, list[str]], subject_id: str, odd: Sequence[str]
) -> SessionPlan:
    metadata: dict[str, Any] = {
        "NWBFile": {"session_id": path.stem},
        "Subject": {"subject_id": subject_id, **_first_ids(values, _OF_SUBJECT)},
    }
    metadata["NWBFile"] |= _first_ids(values, ("session_start_time",))
    if recording := {
        **_first_ids(values, _OF_RECORDING),
        **{name: others for name, others in neighbours.items() if others},
    }:
        metadata["Recording"] = recording
    return SessionPlan(
        session_id=path.stem,
        sources=(path,),
        source_data=source_data_of(path),
        metadata=metadata,
        excluded=str(values.get("notes", "excluded by the recordings table")) if values.get("exclude") else "",
        remarks=(*_remarks(values, neighbours, subject_id), *odd),
    )


def _first_ids(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def _subjects(values: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the mouse of each recording: named, else its neuron's, else a placeholder.

    Recordings of one neuron are of one mouse, even where the table does not name it.
    """
    of_neuron: dict[tuple[str, str], str] = {}
    for recording_id in sorted(values, key=lambda name: ("subject_id" not in values[name], name)):
        row = values[recording_id]
        subject = str(row.get("subject_id", stand_in_subject(recording_id)))
        of_neuron.setdefault(_neuron(recording_id, row), subject)
    return {
        recording_id: str(row.get("subject_id") or of_neuron[_neuron(recording_id, row)])
        for recording_id, row in values.items()
    }


def _refuse_two_genotypes(
    paths: Mapping[str, Path], subjects: Mapping[str, str], rows: Mapping[str, RecordingRow], table: str | Path
) -> None:
    """Reject a mouse with recordings of two genotypes, skipping unreadable sources."""
    count = Counter(subjects.values())
    known: dict[str, tuple[str, str]] = {}
    for recording_id in (name for name in paths if count[subjects[name]] > 1):
        try:
            genotype = RecordingSource.genotype_of(paths[recording_id])
        except SourceError:
            continue
        subject = subjects[recording_id]
        first, before = known.setdefault(subject, (recording_id, genotype))
        if genotype != before:
            raise TableError(
                f"subject {subject!r} has recordings of two genotypes",
                where=f"{table}, row at line {rows[recording_id].line}, recording {recording_id}",
                got=genotype,
                expected=f"{before}, as in recording {first}",
                fix="correct subject_id or neuron_id",
            )


def _neuron(recording_id: str, row: Mapping[str, Any]) -> tuple[str, str]:
    """Return the neuron of a recording, by default the recording itself."""
    return ("neuron", str(row["neuron_id"])) if "neuron_id" in row else ("recording", recording_id)


def _neighbours(
    values: Mapping[str, Mapping[str, Any]], subjects: Mapping[str, str]
) -> dict[str, dict[str, list[str]]]:
    """Return the other recordings of the neuron and of the mouse of each recording."""
    neurons, mice = defaultdict[Any, list[str]](list), defaultdict[str, list[str]](list)
    for name in sorted(values):
        mice[subjects[name]].append(name)
        if (neuron := values[name].get("neuron_id")) is not None:
            neurons[neuron].append(name)
    return {
        name: {
            "same_neuron": [other for other in neurons.get(row.get("neuron_id"), ()) if other != name],
            "same_subject": [other for other in mice[subjects[name]] if other != name],
        }
        for name, row in values.items()
    }


def _remarks(values: Mapping[str, Any], neighbours: Mapping[str, list[str]], subject_id: str) -> Iterable[str]:
    if others := neighbours["same_neuron"]:
        yield f"shares neuron {values['neuron_id']} with {', '.join(others)}"
    if others := neighbours["same_subject"]:
        yield f"shares subject {subject_id} with {', '.join(others)}"
    yield from unusual_values(values)
