"""Strict checks where NeuroConv is silent: unknown streams and metadata sections."""

from collections.abc import Mapping, Sequence
from typing import Any

from nwbgate.errors import UsageError


def refuse_unknown_streams(source_data: Mapping[str, Any], known: Sequence[str], whole: str) -> None:
    """Reject source data without streams, or with unknown ones.

    Parameters
    ----------
    source_data : mapping
        What a converter is built with, by stream.
    known : sequence of str
        Its streams.
    whole : str
        What has the streams, for the error: ``session``, say.

    Raises
    ------
    UsageError
        Naming the unknown streams.
    """
    unknown = [name for name in source_data if name not in known]
    if unknown or not source_data:
        raise UsageError(
            f"unknown stream of a {whole}" if unknown else f"no stream of a {whole} given",
            where="source_data",
            got=", ".join(unknown) or "nothing",
            expected=", ".join(known),
            fix="name streams of the converter",
        )


def close_schema(schema: dict[str, Any], sections: Mapping[str, Any]) -> dict[str, Any]:
    """Return a strict metadata schema that accepts only the sections of a data set."""
    return {**schema, "properties": {**schema["properties"], **sections}, "additionalProperties": False}
