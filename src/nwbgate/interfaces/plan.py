"""Conversion plans as plain data, one per session, for any process."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Characters that DANDI does not allow inside a subject or session id (dandi organize 0.81), white space, and what
#: cannot be seen: control characters, and characters without width.
REFUSED_IN_IDS = re.compile(r"""[_*\\/<>:|"'?%@;.\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2060-\u206f\ufeff]""")


@dataclass(frozen=True)
class SessionPlan:
    """Plan of one session.

    Attributes
    ----------
    session_id : str
        Name of the session; part of the output's name.
    sources : tuple of Path
        The files that the session is made from.
    source_data : dict
        What the recipe's converter class is built with: interface name to keyword arguments.
    metadata : dict
        Merged over the metadata that the converter itself gives.
    conversion_options : dict
        Interface name to the options of its ``add_to_nwbfile``.
    excluded : str
        Why the session is listed and not converted; empty for the others.
    remarks : tuple of str
        Facts for the final table, such as a shared subject.
    output : str
        Name of this session's file, in place of the recipe's ``output``; empty where the recipe's holds.
    parameters : dict
        Further values that the content depends on, kept in the provenance.
    checksums : dict
        Name of a source to the checksum that it was published with, as ``algorithm:hexadecimal digest``; a source
        whose content has another one is not converted.
    origin : str
        Table and row that the metadata come from, for errors; empty where no table tells of the session.
    alignment : dict
        Interface name to the way in which its times become times of the session, in a recipe of interfaces.
    problems : tuple of str
        Why the session cannot be converted, such as a missing source; it fails with the first.
    """

    session_id: str
    sources: tuple[Path, ...]
    source_data: dict[str, dict[str, Any]]
    metadata: dict[str, Any] = field(default_factory=dict)
    conversion_options: dict[str, dict[str, Any]] = field(default_factory=dict)
    excluded: str = ""
    remarks: tuple[str, ...] = ()
    output: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    checksums: dict[str, str] = field(default_factory=dict)
    origin: str = ""
    alignment: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
