"""Metadata of a recording: shipped values completed by the source, and sentences from both."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from nwbgate.errors import MetadataError, SourceError
from nwbgate.interfaces.dataset_ii.source import RecordingSource
from nwbgate.interfaces.dataset_metadata import shipped_metadata

#: Folder of the recipe.
DATASET = "dataset_ii"
#: Stand-in for an unpublished date; named as such in each file.
PLACEHOLDER_YEAR = "1900-01-01"
#: Facts of the side-car table that fill one entry of the section Unknown together.
POSITION = ("x", "y", "z")


def genotype_facts(genotype: str, metadata: Mapping[str, Any], where: str) -> dict[str, str]:
    """Return short name, indicator, age range and lines of a genotype.

    Raises
    ------
    SourceError
        If the genotype is not one of the data set.
    """
    genotypes = metadata["Genotypes"]
    if genotype not in genotypes:
        raise SourceError(
            "unknown genotype",
            where=where,
            got=genotype,
            expected=", ".join(genotypes),
            fix="check that this is a recording of Dataset II",
        )
    return dict(genotypes[genotype])


def stand_in_subject(recording_id: str) -> str:
    """Return the placeholder id for the unknown mouse of a recording."""
    return f"oephys-{recording_id}"


def recording_metadata(source: RecordingSource) -> dict[str, Any]:
    """Return the shipped metadata, completed from the source."""
    metadata = shipped_metadata(DATASET)
    facts = genotype_facts(source.genotype, metadata, f"{source.path}:/genotype")
    description = sentence(
        metadata, "session_description", recording_id=source.recording_id, seconds=source.ephys_seconds, **facts
    )
    metadata["NWBFile"] |= {"session_id": source.recording_id, "session_description": description}
    metadata["Subject"] |= {
        "subject_id": stand_in_subject(source.recording_id),
        "genotype": source.genotype,
        "age": facts["age"],
        "description": sentence(metadata, "subject_description", **facts),
    }
    for plane in metadata["Ophys"]["ImagingPlanes"].values():
        plane["indicator"] = facts["indicator"]
    return metadata


def shift_of(metadata: Mapping[str, Any], stream: str) -> float:
    """Return the shift in seconds of a stream's times, "ephys" or "ophys".

    Raises
    ------
    MetadataError
        If they are not finite.
    """
    seconds = float(metadata["Alignment"][f"{stream}_shift"])
    if not isfinite(seconds):
        raise MetadataError(
            f"the shift of {stream} is not finite",
            where=f"metadata: Alignment.{stream}_shift",
            got=str(seconds),
            expected="a finite number of seconds",
            fix="give the seconds to add to the times of the stream, or leave the key out",
        )
    return seconds


def sentence(metadata: Mapping[str, Any], name: str, **words: object) -> str:
    """Return a sentence of section Sentences with its placeholders filled in.

    Raises
    ------
    MetadataError
        If the sentence asks for a word that there is not.
    """
    text = str(metadata["Sentences"][name])
    try:
        return text.format(**words)
    except (KeyError, IndexError, ValueError, AttributeError) as problem:
        raise MetadataError(
            f"cannot fill in the sentence {name!r}",
            where=f"metadata: Sentences.{name}",
            got=text,
            expected=f"only these words in braces: {', '.join(words) or 'none'}",
            fix="correct the braces in the sentence",
        ) from problem


def unknown_keys(metadata: Mapping[str, Any]) -> list[str]:
    """Return the entries of section Unknown that this metadata does not fill, in order."""
    subject, recording = metadata["Subject"], metadata.get("Recording", {})
    session_id = str(metadata["NWBFile"].get("session_id", ""))
    filled = {
        "subject_id": subject["subject_id"]
        not in map(stand_in_subject, (session_id, *recording.get("same_neuron", ()))),
        "sex": subject["sex"] != "U",
        "age": "/" not in subject["age"],
        "session_start_time": not str(metadata["NWBFile"]["session_start_time"]).startswith(PLACEHOLDER_YEAR),
        "position": all(name in recording for name in POSITION),
        "common_clock": any(shift_of(metadata, stream) for stream in ("ephys", "ophys")),
    }
    return [key for key in metadata["Unknown"] if not filled.get(key, key in recording)]


def unknown_values(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the unknown values of a recording as phrases with their placeholders."""
    return tuple(str(metadata["Unknown"][key]) for key in unknown_keys(metadata))
