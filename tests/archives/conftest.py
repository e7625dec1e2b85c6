"""An archive, local or real, and a folder to publish."""

from support.archive_fixtures import archive, good

__all__ = ["archive", "good"]
