"""File texts on known and unknown facts of a recording, from the final metadata."""

from collections.abc import Mapping
from typing import Any

from pynwb import NWBFile

from nwbgate.interfaces.dataset_ii.metadata import sentence, shift_of, unknown_keys, unknown_values
from nwbgate.interfaces.dataset_ii.source import RecordingSource

#: Entries of the section Unknown that are about the mouse.
_OF_SUBJECT = ("subject_id", "sex", "age")


def add_session_texts(nwbfile: NWBFile, metadata: Mapping[str, Any], source: RecordingSource) -> None:
    """Add the texts on neuron and mouse, unknown values and placeholders.

    Each interface calls this, alone or one after another in the same file: a text that is there is not added again.

    Parameters
    ----------
    nwbfile : NWBFile
        File to add to; what its texts say already is kept.
    metadata : mapping
        Complete metadata.
    source : RecordingSource
        The recording.
    """
    _append(nwbfile, "session_description", neuron_sentences(metadata))
    _append(nwbfile, "notes", notes(metadata, source), separator="\n")
    recording = metadata.get("Recording", {})
    if recording.get("anaesthetic"):
        _replace(nwbfile, "pharmacology", sentence(metadata, "anaesthetic", **recording))
    unknown = [str(metadata["Unknown"][key]) for key in unknown_keys(metadata) if key in _OF_SUBJECT]
    if nwbfile.subject is not None and unknown:
        _append(nwbfile.subject, "description", [sentence(metadata, "subject_unknown", unknown="; ".join(unknown))])


def neuron_sentences(metadata: Mapping[str, Any]) -> list[str]:
    """Return the sentences on the neuron, the mouse and their other recordings."""
    recording = metadata.get("Recording", {})
    sentences = [sentence(metadata, "neuron", **recording)] if "neuron_id" in recording else []
    for name in ("same_neuron", "same_subject"):
        if recording.get(name):
            sentences.append(sentence(metadata, name, recordings=", ".join(recording[name])))
    return sentences


def notes(metadata: Mapping[str, Any], source: RecordingSource) -> list[str]:
    """Return the notes of a recording: table, neighbours, shifts, spellings, unknown values."""
    recording = metadata.get("Recording", {})
    lines = [*([recording["notes"]] if "notes" in recording else []), *neuron_sentences(metadata)]
    for stream in ("ephys", "ophys"):
        if seconds := shift_of(metadata, stream):
            lines.append(sentence(metadata, "shifted", stream=stream, seconds=seconds))
    lines.append(sentence(metadata, "threshold_key", threshold_key=source.threshold_key))
    if source.last_spike > source.ephys_seconds:
        lines.append(sentence(metadata, "spikes_late"))
    return [*lines, sentence(metadata, "unknown", unknown="; ".join(unknown_values(metadata)))]


def _append(container: Any, field: str, sentences: list[str], separator: str = " ") -> None:
    """Append sentences to a text field that PyNWB lets be set only once."""
    before = container.fields.get(field) or ""
    new = [text for text in sentences if text not in before]
    if new:
        _replace(container, field, separator.join([*([before] if before else []), *new]))


def _replace(container: Any, field: str, text: str) -> None:
    container.fields[field] = text
    container.set_modified()
