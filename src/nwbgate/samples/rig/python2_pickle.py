"""Pickles as written by Python 2.7 with NumPy 1, with byte strings for text."""

import gzip
import io
import pickle
import struct
from pathlib import Path
from typing import Any, ClassVar

from nwbgate.storage.safe_files.atomic import write_whole

#: Modules that have another name today.
_RENAMED = {"numpy._core.multiarray": "numpy.core.multiarray", "numpy._core.numeric": "numpy.core.numeric"}
#: Longest text of the opcode with a length of one byte.
_SHORT = 256


class Unicode(str):
    """A text that Python 2 would store as ``unicode``; ``str`` is its byte string."""

    __slots__ = ()


#: The pickler in Python, whose opcodes can be chosen; the one in C cannot be extended like this.
_Pickler: Any = pickle._Pickler


class Python2Pickler(_Pickler):  # type: ignore[misc]
    """Pickler whose texts and bytes are byte strings of Python 2."""

    dispatch: ClassVar[dict[Any, Any]] = dict(_Pickler.dispatch)

    def save_byte_string(self, value: str | bytes) -> None:
        """Write ``S'...'`` in protocol 0, a counted string in protocol 2."""
        content = value if isinstance(value, bytes) else value.encode("latin-1")
        if self.proto == 0:
            self.write(b"S" + repr(content)[1:].encode("ascii") + b"\n")
        elif len(content) < _SHORT:
            self.write(pickle.SHORT_BINSTRING + struct.pack("<B", len(content)) + content)
        else:
            self.write(pickle.BINSTRING + struct.pack("<i", len(content)) + content)
        self.memoize(value)

    def save_unicode(self, value: Unicode) -> None:
        """Write a text as ``unicode``."""
        _Pickler.save_str(self, str(value))

    def save_global(self, obj: Any, name: str | None = None) -> None:
        """Write a class or function under the module name of Python 2."""
        module = pickle.whichmodule(obj, obj.__qualname__)  # type: ignore[attr-defined]
        text = f"c{_RENAMED.get(module, module)}\n{name or obj.__qualname__}\n"
        self.write(text.encode("ascii"))
        self.memoize(obj)

    dispatch[str] = save_byte_string
    dispatch[bytes] = save_byte_string
    dispatch[Unicode] = save_unicode
    dispatch[type] = save_global


def write_pickle(path: Path, tree: Any, protocol: int) -> None:
    """Write a tree as a pickle, reproducibly compressed if its name ends in ``.gz``.

    Parameters
    ----------
    path : Path
        Where to.
    tree
        Dictionaries, lists, tuples, texts, numbers, NumPy arrays and datetimes.
    protocol : int
        0 (text) or 2.
    """
    stream = io.BytesIO()
    Python2Pickler(stream, protocol=protocol).dump(tree)
    content = stream.getvalue()
    write_whole(path, [gzip.compress(content, mtime=0) if path.suffix == ".gz" else content])
