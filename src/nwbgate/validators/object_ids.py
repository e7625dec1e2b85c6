"""Object ids shared by two objects or malformed, from HDMF's tree of a file."""

import re
from collections.abc import Iterator
from pathlib import Path

from hdmf.build import GroupBuilder
from hdmf.build.builders import BaseBuilder

from nwbgate.findings.validator_codes import file_finding
from nwbgate.rules.rule import Finding

#: Form of a UUID, and the one of zeros that stands for none.
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NIL = "00000000-0000-0000-0000-000000000000"


def object_id_findings(root: GroupBuilder, path: Path) -> list[Finding]:
    """Return a finding for each object whose id another object of the file has.

    NWB Inspector looks objects up by their id, and stops with another error where one is there twice.

    Parameters
    ----------
    root : GroupBuilder
        Tree of the file.
    path : pathlib.Path
        The file.
    """
    first: dict[str, str] = {}
    findings = []
    for builder in _with_ids(root):
        place = _place(builder)
        known = first.setdefault(str(builder.attributes["object_id"]), place)
        if known != place:
            message = f"got {builder.attributes['object_id']}, which {known} has too; NWB Inspector was not run"
            findings.append(file_finding("file.object_id", path, message, location=place))
    return findings


def id_form_findings(root: GroupBuilder, path: Path) -> list[Finding]:
    """Return a finding about malformed ids of a file.

    Parameters
    ----------
    root : GroupBuilder
        Tree of the file.
    path : pathlib.Path
        The file.
    """
    ids = [(_place(builder), str(builder.attributes["object_id"])) for builder in _with_ids(root)]
    wrong = [(place, text) for place, text in ids if not _UUID.fullmatch(text) or text == _NIL]
    if not wrong:
        return []
    place, text = wrong[0]
    more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
    return [file_finding("file.object_id_form", path, f"got {text!r}{more}, expected a UUID", location=place)]


def _with_ids(root: GroupBuilder) -> Iterator[BaseBuilder]:
    """Yield every object with an id, parents first, links not followed."""
    waiting: list[BaseBuilder] = [root]
    while waiting:
        builder = waiting.pop()
        if "object_id" in builder.attributes:
            yield builder
        if isinstance(builder, GroupBuilder):
            waiting += [*reversed([*builder.groups.values(), *builder.datasets.values()])]


def _place(builder: BaseBuilder) -> str:
    return str(builder.path).replace("root", "", 1) or "/"
