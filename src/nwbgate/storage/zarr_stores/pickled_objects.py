"""Pickled chunks of texts and references, read without importing or running anything.

hdmf-zarr pickles arrays of objects by default: a NumPy array of texts, of references (dictionaries with a name), or of
records of them. Only these are built; whatever else a pickle names is refused before it is imported.
"""

import io
import pickle
from typing import Any

from nwbgate.storage.plain_arrays import Maker

#: What the C unpickler raises for broken bytes and for a name that is refused.
_BROKEN = (pickle.UnpicklingError, EOFError, LookupError, AttributeError, TypeError, MemoryError, OverflowError)


class _PickledDType:
    """The type of a pickled array, which its store tells as well."""

    def __setstate__(self, state: Any) -> None:
        """Accept byte order and fields."""


class _PickledArray:
    """A pickled array of objects, as the list of them."""

    objects: list[Any]

    def __setstate__(self, state: Any) -> None:
        """Keep the objects of an array in C order."""
        _, _, _, fortran, objects = state
        if not isinstance(objects, list) or fortran:
            raise pickle.UnpicklingError("an array without a list of its objects")
        self.objects = objects


_ARRAY, _DTYPE = Maker(lambda *_: _PickledArray()), Maker(lambda *_: _PickledDType())
#: What a pickle of objects may name.
_NAMES: dict[tuple[str, str], Any] = {
    ("numpy", "ndarray"): None,
    ("numpy", "dtype"): _DTYPE,
    ("numpy.core.multiarray", "_reconstruct"): _ARRAY,
    ("numpy._core.multiarray", "_reconstruct"): _ARRAY,
    ("hdmf_zarr.utils", "ZarrReference"): dict,
}


class _ObjectUnpickler(pickle.Unpickler):
    """The unpickler of C, with its two ways to other code closed."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _NAMES:
            raise pickle.UnpicklingError(f"the name {module}.{name}")
        return _NAMES[module, name]

    def persistent_load(self, pid: Any) -> Any:
        raise pickle.UnpicklingError("an object outside of the pickle")


def pickled_objects(content: bytes) -> list[Any]:
    """Return the objects of a pickled array in C order.

    References are dictionaries, records tuples.

    Raises
    ------
    ValueError
        If the pickle is broken, or holds anything else.
    """
    try:
        found = _ObjectUnpickler(io.BytesIO(content)).load()
    except _BROKEN as error:
        raise ValueError(f"a pickle that is broken or asks for code: {error}") from error
    if not isinstance(found, _PickledArray) or not isinstance(getattr(found, "objects", None), list):
        raise ValueError("a pickle of something else than an array of objects")
    return found.objects
