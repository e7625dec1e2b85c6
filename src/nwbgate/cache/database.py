"""The SQLite file of a cache, opened if sound, else set aside."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

#: Marks the file as ours, and the form of its tables.
_APPLICATION, _FORM = 0x6E776267, 1
_TABLE = (
    "CREATE TABLE entries (kind TEXT NOT NULL, file BLOB NOT NULL, version TEXT NOT NULL, stamp TEXT NOT NULL, "
    "since INTEGER NOT NULL, digest BLOB NOT NULL, content BLOB NOT NULL, PRIMARY KEY (kind, file)) WITHOUT ROWID"
)
#: Seconds to wait for another process that writes.
_PATIENCE = 10.0
#: Longest value that is read or written (bytes).
_LONGEST = 64 * 2**20
#: Results of SQLite that mean a damaged file, or none of its own.
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
#: Ending of the name of a file that was set aside, and of the journal of an interrupted write.
_ASIDE, _JOURNAL = ".damaged", "-journal"


class DamagedError(Exception):
    """The file of a cache is damaged, or not a cache."""


class UnusableError(Exception):
    """The system does not let the file of a cache be used now."""


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield the database for reading.

    Raises
    ------
    DamagedError
        If it is damaged, or made by another program.
    UnusableError
        If the system does not let it be read now.
    """
    with _explain_errors(), closing(_connect(path, "rw" if _is_interrupted(path) else "ro")) as connection:
        if not _is_empty(connection):
            _require_ours(connection)
            connection.execute("BEGIN")
            yield connection
            return
        with closing(sqlite3.connect(":memory:")) as nothing:
            nothing.execute(_TABLE)
            yield nothing


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield the database inside a transaction, making it if absent.

    Raises
    ------
    DamagedError
        If it is damaged, or made by another program.
    UnusableError
        If the system does not let it be written now.
    """
    with _explain_errors(), closing(_connect(path, "rwc")) as connection:
        connection.execute("BEGIN IMMEDIATE")
        if _is_empty(connection):
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            connection.execute(f"PRAGMA user_version = {_FORM}")
            connection.execute(_TABLE)
        _require_ours(connection)
        yield connection
        connection.execute("COMMIT")


def set_aside(path: Path) -> Path:
    """Rename a damaged file without its journal; return the new name."""
    aside = path.with_name(path.name + _ASIDE)
    with suppress(OSError):
        path.with_name(path.name + _JOURNAL).unlink(missing_ok=True)
    with suppress(OSError):
        path.replace(aside)
    return aside


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    """Open the file; a link or pipe of its name is not followed."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise DamagedError("its name is that of a link, folder or pipe")
    uri = f"file:{quote(str(path.absolute()), errors='surrogateescape')}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=_PATIENCE, isolation_level=None)
    connection.text_factory = bytes
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
    for setting in ("trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0"):
        connection.execute(f"PRAGMA {setting}")
    return connection


def _is_interrupted(path: Path) -> bool:
    """Return whether a killed writer left a journal, which only a writer can undo."""
    return path.with_name(path.name + _JOURNAL).exists()


def _is_empty(connection: sqlite3.Connection) -> bool:
    (number,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return number == 0 and _number(connection, "application_id") == 0


def _require_ours(connection: sqlite3.Connection) -> None:
    """Refuse any database but one with our table alone."""
    made = [row[0] for row in connection.execute("SELECT sql FROM sqlite_master")]
    known = _number(connection, "application_id") == _APPLICATION and _number(connection, "user_version") == _FORM
    if not known or made != [_TABLE.encode()]:
        raise DamagedError("it is another program's, or another version's")


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


@contextmanager
def _explain_errors() -> Iterator[None]:
    """Tell damaged files from those that the system refuses."""
    try:
        yield
    except sqlite3.Error as error:
        if (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _DAMAGED:
            raise DamagedError(str(error)) from error
        raise UnusableError(str(error)) from error
