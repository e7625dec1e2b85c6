"""Names that every file system takes, and names that some take for one."""

import re
import unicodedata
from pathlib import PurePath

#: Devices of Windows, which owns these names in every folder and with every ending.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\..*)?", re.IGNORECASE)
#: Characters of no name on Windows.
_CHARACTERS = re.compile(r'[<>:"|?*\\\x00-\x1f]')


def is_refused_by_windows(name: str) -> bool:
    """Return whether Windows makes no file or folder of a name.

    Parameters
    ----------
    name : str
        One part of a path.
    """
    return bool(_DEVICES.fullmatch(name) or _CHARACTERS.search(name) or name.endswith((".", " ")))


def fold_name(path: PurePath) -> str:
    """Return a path as a file system without case or Unicode forms compares it.

    macOS and Windows take paths that are equal here for one file.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", str(path)).casefold())
