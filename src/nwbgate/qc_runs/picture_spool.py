"""Pictures of many sessions, spooled to disk until the pages are written."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from nwbgate.errors import UsageError
from nwbgate.qc.pictures.picture import Picture


class PictureSpool:
    """An anonymous temporary file of pictures, freed by the system however the run ends.

    Parameters
    ----------
    folder : Path
        On whose disk; it need not exist yet.

    Raises
    ------
    UsageError
        If nothing can be written there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
        try:
            self._file: IO[bytes] = TemporaryFile(dir=there)  # noqa: SIM115 - pages read it long after
        except OSError as error:
            raise self._refusal(error) from error

    def keep(self, pictures: Sequence[Picture]) -> "SpooledPictures":
        """Write pictures to the disk, and return an object that reads them back.

        Raises
        ------
        UsageError
            If there is no room.
        """
        content = json.dumps([asdict(picture) for picture in pictures]).encode()
        begin = self._file.seek(0, 2)
        try:
            self._file.write(content)
            self._file.flush()
        except OSError as error:
            raise self._refusal(error) from error
        return SpooledPictures(self._file, begin, len(content))

    def _refusal(self, error: OSError) -> UsageError:
        return UsageError(
            "cannot store the pictures until the pages are written",
            where=str(self._folder),
            got=error.strerror or str(error),
            expected="a writable folder with space for twice the pages",
            fix="choose another folder",
        )


class SpooledPictures:
    """The pictures of one session, read from the disk on each access.

    Parameters
    ----------
    file : file of bytes
        Where they are.
    begin, size : int
        Their place in it, in bytes.
    """

    def __init__(self, file: IO[bytes], begin: int, size: int) -> None:
        self._file, self._begin, self._size = file, begin, size

    def __iter__(self) -> Iterator[Picture]:
        self._file.seek(self._begin)
        yield from (Picture(**picture) for picture in json.loads(self._file.read(self._size)))
