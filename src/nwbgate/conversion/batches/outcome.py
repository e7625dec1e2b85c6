"""Outcome of one session of a batch."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class SessionStatus(StrEnum):
    """SessionStatus of a session."""

    CONVERTED = "converted"
    WOULD_CONVERT = "would convert"
    SKIPPED = "skipped"
    EXCLUDED = "excluded"
    FAILED = "failed"


@dataclass(frozen=True)
class SessionOutcome:
    """SessionOutcome of one session as plain data, for other processes.

    Attributes
    ----------
    number : int
        Place of the session in the batch, from 0; outcomes come in the order in which sessions end.
    session_id : str
        The session, as its plan names it.
    status : SessionStatus
        What was done.
    sources : tuple of Path
        Files that the session is made from.
    path : Path or None
        The file; None where not even its name is known.
    reason : str
        Why it failed (an error in its four parts) or was excluded.
    remarks : tuple of str
        What the plan and the source's warnings say about the session.
    unknown : tuple of str
        What neither the source nor the metadata say, as the converter's ``unknown_values`` tells; empty where it has
        no such method, or the session failed.
    seconds : float
        Wall time.
    bytes, source_bytes : int
        Size of the file, and of its sources.
    broke : bool
        It failed because of an error in nwbgate itself, not in the source, the metadata or a foreign converter.
    traceback : str
        Where an unexpected exception came from.
    """

    number: int
    session_id: str
    status: SessionStatus
    sources: tuple[Path, ...] = ()
    path: Path | None = None
    reason: str = ""
    remarks: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    seconds: float = 0.0
    bytes: int = 0
    source_bytes: int = 0
    broke: bool = False
    traceback: str = ""
