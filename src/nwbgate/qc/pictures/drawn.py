"""Pictures for judging a session or a recording."""

from nwbgate.qc.pictures.picture import Picture
from nwbgate.qc.streams import Streams


def pictures(streams: Streams) -> tuple[Picture, ...]:
    """Return the pictures of a session or recording, skipping missing streams.

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

    data = streams.owner
    return recording_pictures(streams, data) if isinstance(data, Recording) else session_pictures(streams)
