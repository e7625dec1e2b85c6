"""Names that every file system takes, and names that some take for one."""

import re
import unicodedata
from pathlib import Path, PurePath

#: Devices of Windows, which owns these names in every folder and with every ending.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\..*)?", re.IGNORECASE)
#: Characters of no name on Windows.
_CHARACTERS = re.compile(r'[<>:"|?*\\\x00-\x1f]')
#: Bytes of a name on ext4 and XFS; NTFS and APFS count characters, and take longer ones.
LONGEST = 255


def refusal_of_name(name: str) -> str:
    """Return why some system refuses a name; empty for a portable one.

    Parameters
    ----------
    name : str
        One part of a path.
    """
    if _DEVICES.fullmatch(name):
        return "Windows keeps this name for a device"
    if found := _CHARACTERS.search(name):
        return f"Windows has no names with {found[0]!r}"
    if name.endswith((".", " ")):
        return "Windows drops a dot or a space at the end of a name"
    size = len(name.encode("utf-8", "surrogateescape"))
    return f"it has {size} bytes, and Linux takes {LONGEST}" if size > LONGEST else ""


def fold_name(path: PurePath) -> str:
    """Return a path as a file system without case or Unicode forms compares it.

    macOS and Windows take paths that are equal here for one file.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", str(path)).casefold())


def find_look_alike(path: Path, below: Path) -> Path | None:
    """Return an existing file or folder that spells a path differently.

    Parameters
    ----------
    path : Path
        File or folder that is to be written.
    below : Path
        Folder from which names are looked at.
    """
    folder = below
    for part in path.relative_to(below).parts:
        names = [each.name for each in folder.iterdir()] if folder.is_dir() else []
        if part not in names:
            alike = [name for name in names if fold_name(PurePath(name)) == fold_name(PurePath(part))]
            if alike:
                return folder / alike[0]
        folder /= part
    return None
