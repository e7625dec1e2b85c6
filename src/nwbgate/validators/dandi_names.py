"""DANDI's requirements on file name, folder and NWB version, as findings.

Names and folders follow ``dandi organize``: ``sub-<subject>/sub-<subject>[_ses-<session>][_...].nwb``. The patterns
are those of ``dandi.organize`` (dandi-cli 0.81), which is an optional dependency; a test holds the two equal.
"""

import re
from pathlib import Path

import h5py

from nwbgate.findings.validator_codes import file_finding
from nwbgate.rules.rule import Finding
from nwbgate.storage.safe_files.folder_contents import is_store

#: Characters that may stand inside one value of a name.
LABEL = r"[^_*\\/<>:|\"'?%@;.]+"

#: Name of the folder of one subject.
FOLDER = rf"sub-{LABEL}"

#: Name of one NWB file.
FILENAME = (
    rf"sub-{LABEL}"
    rf"(_ses-{LABEL})?"
    rf"(_(tis|slice|cell|desc|probe|obj)-{LABEL})*"
    r"(_[a-z]+(\+[a-z]+)*)?"
    r"\.nwb"
)

#: A semantic version (semver.org 2.0.0 suggests this pattern).
SEMANTIC_VERSION = (
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    r"(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?"
    r"(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?"
)


def layout_findings(path: Path) -> list[Finding]:
    """Return DANDI's objections to the name of a file and its folder.

    Parameters
    ----------
    path : pathlib.Path
        An NWB file; only its own name and its folder's name are looked at.

    Returns
    -------
    list of Finding
        ``dandi.filename``, ``dandi.folder``, or ``dandi.subject_folder`` when both are well formed and disagree. None
        for a Zarr store, whose name DANDI does not judge.
    """
    if is_store(path):
        return []
    name, folder = path.name, path.absolute().parent.name
    wrong = []
    if not re.fullmatch(FILENAME, name):
        wrong.append(("dandi.filename", f"got {name!r}, expected sub-<subject>[_ses-<session>][_<modalities>].nwb"))
    if not re.fullmatch(FOLDER, folder):
        wrong.append(("dandi.folder", f"the file lies in {folder!r}, expected sub-<subject>"))
    subject = re.match(FOLDER, name)
    if not wrong and subject is not None and subject[0] != folder:
        wrong.append(("dandi.subject_folder", f"the file's name says {subject[0]!r}, its folder {folder!r}"))
    return [file_finding(code, path, message, validator="dandi") for code, message in wrong]


def version_findings(file: h5py.File, path: Path) -> list[Finding]:
    """Return the findings of ``dandi validate`` about the attribute ``nwb_version``.

    Parameters
    ----------
    file : h5py.File
        The open file.
    path : pathlib.Path
        Its path, for the findings.

    Returns
    -------
    list of Finding
        ``dandi.nwb_version``; before NWB 2.1 the prefix ``NWB-`` was part of the specification and is allowed.
    """
    version = str(file.attrs.get("nwb_version", ""))
    number = version.removeprefix("NWB-")
    wrong = []
    if number != version and not number.startswith(("1.", "2.0")):
        wrong.append(
            f"nwb_version {version!r} starts with NWB- prefix, which is not part of the specification since NWB 2.1.0"
        )
    if not re.fullmatch(SEMANTIC_VERSION, number):
        wrong.append(f"error: nwb_version {version!r} is not a proper semantic version. See http://semver.org")
    return [file_finding("dandi.nwb_version", path, message, location="/", validator="dandi") for message in wrong]
