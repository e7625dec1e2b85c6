"""Pickles of plain data, read without importing or running anything.

The unpickler is that of C, and so as fast as any. What a pickle may name is listed here, and each name leads to a
callable of nwbgate that builds plain data only. Anything else is refused before it is imported.
"""

import datetime
import io
import pickle
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from isal import igzip

from nwbgate.errors import SourceError, UsageError
from nwbgate.processes.garbage import not_collecting
from nwbgate.storage.plain_arrays import Maker, array_of_buffer, array_to_fill, dtype_to_fill, scalar

#: Most bytes of a pickle, unpacked; those of a rig have 30 to 110 MB.
LARGEST = 1 << 30
#: A packed pickle may unpack to so many times its size, or to as much as is harmless in any case. Real ones: 10 times.
LARGEST_RATIO, HARMLESS = 200, 64 << 20
_GZIP, _BLOCK = b"\x1f\x8b", 1 << 20


class _RefusedNameError(pickle.UnpicklingError):
    """A name in a pickle that plain data do not need."""


def _encode_text(text: Any, encoding: Any = "latin1") -> bytes:
    """Return bytes that Python 3 has pickled for readers of Python 2."""
    if isinstance(text, str) and encoding in ("latin1", "latin-1"):
        return text.encode("latin1")
    raise _RefusedNameError(f"_codecs.encode with {encoding!r}")


def _no_instances(*_: Any) -> Any:
    raise _RefusedNameError("numpy.ndarray, called")


_NUMPY: dict[str, Callable[..., Any]] = {"_reconstruct": array_to_fill, "scalar": scalar}
#: What a pickle may name. Those of camstim name the first six, those that Python 3 has saved again also the others.
NAMES: dict[tuple[str, str], Any] = {
    ("numpy", "ndarray"): Maker(_no_instances),
    ("numpy", "dtype"): Maker(dtype_to_fill),
    ("datetime", "datetime"): datetime.datetime,
    ("collections", "OrderedDict"): Maker(dict),
    ("_codecs", "encode"): Maker(_encode_text),
    ("builtins", "bytearray"): Maker(lambda data=b"": bytes(data) if isinstance(data, bytes) else b""),
    **{(f"numpy.{core}.multiarray", name): Maker(call) for core in ("core", "_core") for name, call in _NUMPY.items()},
    **{(f"numpy.{core}.numeric", "_frombuffer"): Maker(array_of_buffer) for core in ("core", "_core")},
}


class _PlainUnpickler(pickle.Unpickler):
    """The unpickler of C, with its two ways to other code closed."""

    def find_class(self, module: str, name: str) -> Any:
        try:
            return NAMES[module, name]
        except KeyError:
            raise _RefusedNameError(f"{module}.{name}") from None

    def persistent_load(self, pid: Any) -> Any:
        raise _RefusedNameError("an object outside of the pickle")


def load_plain(path: Path, kind: str) -> Any:
    """Return what a pickle holds, packed by gzip or not.

    Parameters
    ----------
    path : Path
        The pickle, of any protocol, of Python 2 or 3.
    kind : str
        What it is, for the errors, such as ``a stimulus pickle``.

    Returns
    -------
    object
        Plain data. Texts of Python 2 are str, byte for byte (Latin-1). Arrays are of a subclass of numpy.ndarray.

    Raises
    ------
    UsageError
        If there is no such file.
    SourceError
        If it is not a pickle, is broken, larger than a pickle of a rig, or asks for anything but plain data.
    """
    if not path.is_file():
        raise UsageError("there is no such file", where=str(path), expected=kind, fix="check the path")
    data = _content(path, kind)
    try:
        with not_collecting():
            return _PlainUnpickler(io.BytesIO(data), encoding="latin1").load()
    except _RefusedNameError as problem:
        raise SourceError(
            "the pickle asks for code, and nothing of a source is run",
            where=str(path),
            got=str(problem),
            expected=f"{kind}: numbers, texts, lists, dictionaries and NumPy arrays",
            fix="do not open this file by other programs; ask where it comes from",
        ) from problem
    except (EOFError, pickle.UnpicklingError, ValueError, LookupError, AttributeError, TypeError) as problem:
        raise _broken(path, kind, data, problem) from problem
    except (MemoryError, RecursionError, OverflowError, AssertionError) as problem:
        raise _broken(path, kind, data, problem) from problem


def _content(path: Path, kind: str) -> bytes:
    """Return the bytes of a pickle, unpacked, and refuse more than is believed."""
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
        if not packed:
            return path.read_bytes() if size <= LARGEST else _too_large(path, kind, f"{size:,} bytes", LARGEST)
        with igzip.open(path, "rb") as stream:  # type: ignore[no-untyped-call]  # isal has no types
            return _unpack(stream, path, kind, min(LARGEST, max(HARMLESS, LARGEST_RATIO * size)))
    except (OSError, EOFError, zlib.error) as problem:
        raise SourceError(
            f"{kind} cannot be read",
            where=str(path),
            got=str(problem) or type(problem).__name__,
            expected="a complete file",
            fix="copy the file again from where it was recorded",
        ) from problem


def _unpack(stream: Any, path: Path, kind: str, most: int) -> bytes:
    parts, size = [], 0
    while block := stream.read(_BLOCK):
        parts.append(block)
        size += len(block)
        if size > most:
            return _too_large(path, kind, f"more than {most:,} bytes in {path.stat().st_size:,} packed ones", most)
    return b"".join(parts)


def _too_large(path: Path, kind: str, got: str, most: int) -> bytes:
    raise SourceError(
        "the pickle is larger than any of a rig",
        where=str(path),
        got=got,
        expected=f"{kind} of up to {most:,} bytes",
        fix="see whether this is the right file",
    )


def _broken(path: Path, kind: str, data: bytes, problem: BaseException) -> SourceError:
    """Return the error for bytes that the unpickler does not understand."""
    words = str(problem) or type(problem).__name__
    early = isinstance(problem, EOFError) or "truncated" in words or "ran out" in words.lower()
    return SourceError(
        "the pickle is empty" if not data else "the pickle ends too early" if early else "this is not a sound pickle",
        where=str(path),
        got=f"{len(data):,} bytes: {words[:200]}" if data else "0 bytes",
        expected=f"{kind}, complete",
        fix="copy the file again from where it was recorded",
    )
