"""Pictures for judging a session, a recording or any file."""

from nwbgate.qc.pictures.picture import Picture
from nwbgate.qc.streams import Streams


def pictures(streams: Streams) -> tuple[Picture, ...]:
    """Return the pictures of a session, a recording or any other file.

    Parameters
    ----------
    streams : Streams
        Streams of what `nwbgate.open` returns.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    from nwbgate.qc.pictures.any_file import any_file_pictures
    from nwbgate.qc.pictures.recording import recording_pictures
    from nwbgate.qc.pictures.session import session_pictures
    from nwbgate.reading.nwb_data import NWBData
    from nwbgate.reading.recording import Recording
    from nwbgate.reading.sessions.session import Session

    data = streams.owner
    if isinstance(data, Recording):
        return recording_pictures(streams, data)
    if isinstance(data, Session):
        return session_pictures(streams)
    return any_file_pictures(data) if isinstance(data, NWBData) else ()
