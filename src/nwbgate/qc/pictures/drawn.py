"""Pictures for judging a session or a recording."""

from nwbgate.qc.pictures.picture import Picture
from nwbgate.qc.streams import Streams


def pictures(streams: Streams) -> tuple[Picture, ...]:
    """Return the pictures of a session or recording; another file has none.

    Parameters
    ----------
    streams : Streams
        Streams of what `nwbgate.open` returns, a session or recording.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    from nwbgate.qc.pictures.recording import recording_pictures
    from nwbgate.qc.pictures.session import session_pictures
    from nwbgate.reading.recording import Recording
    from nwbgate.reading.sessions.session import Session

    data = streams.owner
    if isinstance(data, Recording):
        return recording_pictures(streams, data)
    return session_pictures(streams) if isinstance(data, Session) else ()
