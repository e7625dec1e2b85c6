"""Arrays and texts as one run of bytes, which the page unpacks without copying.

Layout: length of the header (uint32, little-endian), header (JSON, padded with spaces so that the arrays begin at a
multiple of eight), arrays one after the other, each padded to a multiple of eight bytes. The header is the texts and
numbers with one more key, ``arrays``: name, type and length of each array.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

#: Types that the page knows, by their name there.
_TYPES = {"f8": "<f8", "f4": "<f4", "i4": "<i4", "u1": "|u1"}
_ALIGNED = 8


def pack(about: Mapping[str, Any], arrays: Mapping[str, Array]) -> bytes:
    """Return texts, numbers and arrays as bytes.

    Parameters
    ----------
    about : mapping
        What JSON can hold; NaN and infinity become null.
    arrays : mapping of str to array
        Arrays of float64, float32, int32 or uint8, of any shape; the page sees them flat, in C order.
    """
    flat = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    kinds = {name: f"{array.dtype.kind}{array.dtype.itemsize}" for name, array in flat.items()}
    listed = [[name, kinds[name], int(array.size)] for name, array in flat.items()]
    header = json_text({**about, "arrays": listed}).encode()
    header += b" " * (-(len(header) + 4) % _ALIGNED)
    parts = [len(header).to_bytes(4, "little"), header]
    for name, array in flat.items():
        content = array.astype(_TYPES[kinds[name]], copy=False).tobytes()
        parts += [content, b"\0" * (-len(content) % _ALIGNED)]
    return b"".join(parts)


def unpack(packed: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return what `pack` was given, the arrays flat."""
    place = 4 + int.from_bytes(packed[:4], "little")
    about = json.loads(packed[4:place])
    arrays = {}
    for name, kind, size in about.pop("arrays"):
        arrays[name] = np.frombuffer(packed, _TYPES[kind], size, place)
        place += -(-arrays[name].nbytes // _ALIGNED) * _ALIGNED
    return about, arrays


def json_text(value: Any) -> str:
    """Return JSON that is safe in any browser, even inside a script."""
    text = json.dumps(_plain(value), allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _plain(value: Any) -> Any:
    """Return a value with NumPy's and pandas' scalars as Python's, and without NaN."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return str(value)
