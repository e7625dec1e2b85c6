"""Arrays in pickles: built from their bytes alone, of types that hold plain values."""

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

#: Kinds of NumPy types that hold plain values: truth, numbers, bytes, texts; objects are members of the pickle.
_KINDS = "?bBiIuUfFcCSUO"


class Maker:
    """A callable that a pickle may name, and can neither change nor fill."""

    __slots__ = ("_call",)
    _call: Callable[..., Any]

    def __init__(self, call: Callable[..., Any]) -> None:
        object.__setattr__(self, "_call", call)

    def __call__(self, *values: Any) -> Any:
        """Build a value."""
        return self._call(*values)

    def __setattr__(self, name: str, value: Any) -> None:
        raise pickle.UnpicklingError(f"a pickle sets {name!r} of what builds its values")

    def __setstate__(self, state: Any) -> None:
        raise pickle.UnpicklingError("a pickle changes what builds its values")


class _DType:
    """A NumPy type as pickled: a code, then a byte order."""

    __slots__ = ("_code", "_order")

    def __init__(self, code: Any, *_: Any) -> None:
        self._code, self._order = str(code), "="

    def __setstate__(self, state: Any) -> None:
        if not isinstance(state, tuple) or len(state) < 5 or any(part is not None for part in state[2:5]):
            raise pickle.UnpicklingError("a NumPy type with fields")
        if state[1] not in ("<", ">", "|", "="):
            raise pickle.UnpicklingError("a NumPy type without byte order")
        self._order = "=" if state[1] == "|" else state[1]

    def dtype(self) -> np.dtype[Any]:
        """Return the type, refused where it holds more than plain values."""
        code = self._code.lstrip("<>|=")
        if not code or code[0] not in _KINDS or not (code[1:].isdigit() or code[1:] == ""):
            raise pickle.UnpicklingError(f"the NumPy type {self._code!r}")
        return np.dtype(f"{self._order}{code}")


class PlainArray(np.ndarray[Any, Any]):
    """An array that its pickle fills with values, and with nothing else."""

    def __setstate__(self, state: Any) -> None:
        """Set shape, type, order and bytes from a pickle."""
        _, shape, kind, fortran, data = state
        dtype = _plain(kind)
        if dtype.kind == "O":
            if not isinstance(data, list):
                raise pickle.UnpicklingError("an array of objects without a list of them")
        else:
            data = _bytes(data)
        state = (1, tuple(map(int, shape)), dtype, bool(fortran), data)
        super().__setstate__(state)


def dtype_to_fill(code: Any, *flags: Any) -> _DType:
    """Return the type that a pickle names, whose byte order follows."""
    return _DType(code, *flags)


def array_to_fill(*_: Any) -> PlainArray:
    """Return an empty array, whose shape, type and bytes follow."""
    return PlainArray((0,), dtype=np.int8)


def array_of_buffer(data: Any, kind: Any, shape: Any, order: Any) -> npt.NDArray[Any]:
    """Return an array from bytes, as pickles of protocol 5 have it."""
    values = np.frombuffer(_bytes(data), dtype=_plain(kind))
    return values.reshape(tuple(map(int, shape)), order="F" if order == "F" else "C")


def scalar(kind: Any, data: Any = b"") -> Any:
    """Return one number or text from its bytes."""
    return np.frombuffer(_bytes(data), dtype=_plain(kind), count=1)[0]


def _plain(kind: Any) -> np.dtype[Any]:
    if isinstance(kind, _DType):
        return kind.dtype()
    raise pickle.UnpicklingError("an array without a NumPy type")


def _bytes(data: Any) -> bytes:
    """Return bytes, which pickles of Python 2 hold as texts."""
    if isinstance(data, str):
        return data.encode("latin1")
    if isinstance(data, bytes | bytearray):
        return bytes(data)
    raise pickle.UnpicklingError("an array without bytes")
