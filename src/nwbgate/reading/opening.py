"""Open a file as a Session, a Recording or generic NWB data."""

from pathlib import Path
from typing import TYPE_CHECKING

from nwbgate.errors import UsageError
from nwbgate.reading.nwb_data import NWBData
from nwbgate.reading.sessions.session import Session
from nwbgate.storage.hdf5 import group_at, readable
from nwbgate.storage.safe_files.file_errors import is_url
from nwbgate.storage.safe_files.folder_contents import is_searched

if TYPE_CHECKING:
    from nwbgate.reading.recording import Recording


def open_nwb(path: Path | str, *, follow_links: bool = False) -> "Session | Recording | NWBData":
    """Open an NWB file for reading; nothing but what is asked for is read.

    Parameters
    ----------
    path : path or str
        A file or Zarr store, or the http(s):// or s3:// address of a file, which is read in ranges (extra ``remote``).
    follow_links : bool
        Read also what the file links to in files beside it; else a file that leads to others is refused.

    Returns
    -------
    Session, Recording or NWBData
        A session of behavior, with imaging or without, converted or as AllenSDK released it; a recording of one
        neuron's voltage with its fluorescence; or, for any other NWB file, its tables and series by name.

    Raises
    ------
    UsageError
        If there is no such file, or it is a folder.
    MissingExtraError
        If an address is given and the extra ``remote`` is not installed.
    SourceError
        If it is no NWB file, is truncated, or a server does not give ranges of it.
    """
    if not is_url(path) and is_searched(Path(path)):
        raise UsageError(
            "this is a folder, not a file",
            where=str(Path(path)),
            got="a folder",
            expected="one NWB file",
            fix="open its content together: nwbgate.Project(folder)",
        )
    found = NWBData(path, follow_links=follow_links)
    with readable(str(path)):
        kind = _kind(found)
    if kind is NWBData:
        return found
    opened = kind(path, follow_links=follow_links)
    opened.take_over(found)
    return opened


def _kind(found: NWBData) -> type[NWBData]:
    if is_session(found):
        return Session
    from nwbgate.reading.recording import Recording, is_recording  # a session does not wait for it

    return Recording if is_recording(found.file) else NWBData


def is_session(data: NWBData) -> bool:
    """Return whether an opened file contains a behavior session in a known layout."""
    if data.layout == "released":
        return True
    homes = ("/processing/behavior/session_metadata", "/processing/behavior/task_parameters")
    return data.layout == "standard" and any(group_at(data.file, home) is not None for home in homes)
