"""Pictures for judging a session or a recording."""

from typing import Any

from nwbgate.qc.pictures.picture import Picture


def pictures(data: Any) -> tuple[Picture, ...]:
    """Return the pictures of a session or recording, skipping missing streams.

    Parameters
    ----------
    data : Session or Recording
        What `nwbgate.open` returns.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    from nwbgate.qc.pictures.recording import recording_pictures
    from nwbgate.qc.pictures.session import session_pictures
    from nwbgate.reading.recording import Recording

    return recording_pictures(data) if isinstance(data, Recording) else session_pictures(data)
