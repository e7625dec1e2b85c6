"""Findings of NWB schema, NWB Inspector and DANDI layout, with one open per file.

``pynwb-validate`` and ``nwbinspector`` parse the specifications cached in a file each time they open it, and open it
two to four times. Here the parsed form is kept (`nwbgate.validators.namespaces`), and the tree that is validated is the
one that is then constructed and inspected. The messages are those of the command lines, word for word.
"""

import re
import warnings
from collections.abc import Iterable
from contextlib import closing, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from hdmf.backends.warnings import BrokenLinkWarning
from hdmf.build import BuildManager, GroupBuilder
from pynwb import NWBHDF5IO, get_nwbfile_version

from nwbgate.errors import CheckError, NwbgateError
from nwbgate.findings.validator_codes import catalogue, file_finding, unread
from nwbgate.rules.rule import Finding, Severity
from nwbgate.storage.hdf5 import dataset_at, open_hdf5, readable
from nwbgate.storage.safe_files.folder_contents import is_store
from nwbgate.storage.values import one_text, text
from nwbgate.validators.cached_namespaces import experimental_types, namespace_findings
from nwbgate.validators.dandi_names import layout_findings, version_findings
from nwbgate.validators.inspector_findings import inspector_checks, inspector_findings
from nwbgate.validators.lost_references import lost_reference_findings
from nwbgate.validators.namespaces import Namespaces, installed_digest, namespaces_of
from nwbgate.validators.object_ids import id_form_findings, object_id_findings
from nwbgate.validators.steps import StepError, run_step
from nwbgate.validators.store_findings import consolidation_findings, is_untyped, reference_findings
from nwbgate.validators.unknown_types import unknown_types

_BROKEN_LINK = re.compile(r"Path to Group altered/broken at (?P<location>.*)")


def warm() -> None:
    """Read the shared resources once, for forked workers."""
    catalogue()
    inspector_checks()
    installed_digest()
    with suppress(ImportError):  # NWB Inspector imports it during a check, where it is installed
        import_module("dandi")


def file_findings(
    path: Path, *, inspector: bool = True, layout: bool = True, follow_links: bool = False
) -> list[Finding]:
    """Return the validators' findings on one file, without raising.

    Parameters
    ----------
    path : pathlib.Path
        An existing file.
    inspector : bool
        Run NWB Inspector's checks with its ``dandi`` configuration.
    layout : bool
        Judge the names of the file and its folder as DANDI does. Off for a file that has a temporary name.
    follow_links : bool
        Judge it with the files beside it to which it links.

    Returns
    -------
    list of Finding
        One per message, in the order layout, schema, inspector.
    """
    findings = layout_findings(path) if layout else []
    try:
        file = open_hdf5(path, follow_links=follow_links)
    except NwbgateError as error:
        return [*findings, unread(error, path)]
    with file:
        return findings + content_findings(file, path, inspector=inspector)


def content_findings(file: h5py.File, path: Path, *, inspector: bool = True) -> list[Finding]:
    """Return the validators' findings on an open file, and close it.

    Parameters
    ----------
    file : h5py.File
        What `nwbgate.storage.hdf5.open_hdf5` returned.
    path : pathlib.Path
        Its path, for the findings.
    inspector : bool
        Run NWB Inspector's checks.

    Returns
    -------
    list of Finding
        One per message, in the order schema, inspector.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", BrokenLinkWarning)
        findings = _content_findings(file, path, inspector=inspector)
    return findings + _broken_links(caught, path)


def written_findings(path: Path) -> list[Finding]:
    """Return the findings about a temporary file, without its layout."""
    return file_findings(path, layout=False)


def refuse_errors(findings: Iterable[Finding], path: Path) -> None:
    """Raise `CheckError` if any finding about a file is an error.

    Parameters
    ----------
    findings : iterable of Finding
        For example those of `written_findings`, whose warnings the caller wants to keep.
    path : pathlib.Path
        The file they are about.

    Raises
    ------
    CheckError
        Quoting the first three errors.
    """
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if not errors:
        return
    shown = "; ".join(f"{error.code} at {error.location or '/'}: {error.message}" for error in errors[:3])
    more = f"; and {len(errors) - 3} more" if len(errors) > 3 else ""
    raise CheckError(
        f"the file does not pass its check: {len(errors)} error{'s' if len(errors) > 1 else ''}",
        where=str(path),
        got=shown + more,
        expected="no finding that is an error: of the schema, of NWB Inspector, or of a rule",
        fix=errors[0].fix,
    )


def _content_findings(file: h5py.File, path: Path, *, inspector: bool) -> list[Finding]:
    findings: list[Finding] = []
    try:
        with readable(str(path)):  # a damaged attribute may be met in any step
            _add_findings(findings, file, path, inspector=inspector)
    except StepError as failed:
        findings.append(failed.finding)
    except NwbgateError as error:
        findings.append(unread(error, path))
    return findings


def _add_findings(findings: list[Finding], file: h5py.File, path: Path, *, inspector: bool) -> None:
    """Add what each validator finds, up to the one that cannot go on."""
    _require_nwb(file, path)
    findings += (wrong_version := version_findings(file, path))
    if is_store(path):
        findings += consolidation_findings(path)
        if dangling := reference_findings(file, path):  # the libraries stop at the first, and do not say where
            findings += dangling
            return
    namespaces = run_step("file.specifications", path, lambda: namespaces_of(file))
    findings += namespace_findings(file, path, namespaces.unusable)
    io = NWBHDF5IO(path=str(path), file=file, mode="r", manager=BuildManager(namespaces.type_map))
    with closing(io):
        try:
            builder = run_step("file.unreadable", path, io.read_builder)
        except StepError as failed:
            findings += lost_reference_findings(file, path) or [failed.finding]
            return
        findings += _schema_findings(builder, namespaces, file, path)
        findings += unknown_types(builder, namespaces.type_map.namespace_catalog, path)
        findings += experimental_types(builder, path)
        findings += id_form_findings(builder, path)
        findings += (shared_ids := object_id_findings(builder, path))
        if inspector and not shared_ids:  # at an object id that is there twice, the inspector stops
            nwbfile = run_step("file.unconstructible", path, io.read)
            inspected = inspector_findings(nwbfile, path)
            # It stops as well at a version that it cannot parse, which is named already.
            crashed = [finding.code for finding in inspected] == ["inspector.crashed"]
            findings += [] if crashed and wrong_version else inspected


def _require_nwb(file: h5py.File, path: Path) -> None:
    if (reason := _other_version(file)) is not None:
        raise StepError(file_finding("file.not_nwb", path, reason))
    text, number = run_step("file.not_nwb", path, lambda: get_nwbfile_version(file))
    if number is None or not isinstance(number[0], int) or number[0] < 2:
        raise StepError(file_finding("file.not_nwb", path, f"nwb_version is {text!r}, expected 2.0 or newer"))


def _other_version(file: h5py.File) -> str | None:
    """Return why PyNWB cannot tell the version of the schema, None where it can."""
    version = file.attrs.get("nwb_version")
    if isinstance(version, np.ndarray):
        return f"nwb_version is an array, {text(version)!r}, expected one text; PyNWB and NWB Inspector cannot open it"
    old = dataset_at(file, "nwb_version") if version is None else None
    if old is None or old.shape not in ((), (1,)):
        return None
    return f"this is a file of NWB 1 (nwb_version {one_text(old)}), expected NWB 2.0 or newer"


def _schema_findings(builder: GroupBuilder, namespaces: Namespaces, file: h5py.File, path: Path) -> list[Finding]:
    try:
        errors = run_step(
            "schema.crashed",
            path,
            lambda: [e for validator in namespaces.validators for e in validator.validate(builder)],
        )
    except StepError as failed:
        return [failed.finding]
    of_store = is_store(path)
    return [_schema_finding(error, path) for error in errors if not (of_store and is_untyped(error, file))]


def _schema_finding(error: Any, path: Path) -> Finding:
    return file_finding(
        schema_code(type(error).__name__),
        path,
        f"{error.name}: {error.reason}",
        location="/" if error.location == "" else error.location or "",  # empty for the root, None when not known
        validator="pynwb",
    )


def schema_code(kind: str) -> str:
    """Return the code of an HDMF validation error class ("IncorrectQuantityError").

    Parameters
    ----------
    kind : str
        Name of the class; one that the catalogue does not know is ``schema.invalid``.
    """
    slug = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.removesuffix("Error")).lower()
    code = f"schema.{slug}"
    return code if code in catalogue() else "schema.invalid"


def _broken_links(caught: Iterable[warnings.WarningMessage], path: Path) -> list[Finding]:
    """Yield findings for broken links, of which HDMF only warns."""
    places = dict.fromkeys(match["location"] for each in caught if (match := _BROKEN_LINK.match(str(each.message))))
    return [
        file_finding("file.broken_link", path, "the link has no target", location=place, validator="pynwb")
        for place in places
    ]
