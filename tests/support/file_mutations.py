"""Every way to spoil one object or attribute of an HDF5 file, by name, so that a test can try each or some."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np

Change = Callable[[h5py.File], object]
TEXTS = np.array(["a", "b", "c"], dtype=object)


class Mutation(NamedTuple):
    """One change of one place of a file."""

    place: str
    name: str
    change: Change


def mutations(path: Path) -> list[Mutation]:
    """Every mutation of every object and attribute of a file, the cached specifications left out."""
    with h5py.File(path) as file:
        found = list(_of_attributes(file["/"]))
        names: list[str] = []
        file.visit(names.append)
        for name in names:
            if not name.startswith("specifications"):
                found += _of_object(file[name])
                found += _of_attributes(file[name])
    return found


def _of_object(item: h5py.Group | h5py.Dataset) -> Iterator[Mutation]:
    name = item.name
    yield Mutation(name, "missing", lambda file: file.__delitem__(name))
    yield Mutation(name, "a link to itself", _replaced(name, h5py.SoftLink(name)))
    yield Mutation(name, "a link to nothing", _replaced(name, h5py.SoftLink("/nowhere")))
    yield Mutation(name, "a link to another file", _replaced(name, h5py.ExternalLink("other.nwb", "/x")))
    yield Mutation(name, "a circle", _circle(name))
    yield Mutation(name, "null", _replaced(name, h5py.Empty("f8")))
    yield Mutation(name, "a text", _replaced(name, "a text"))
    if isinstance(item, h5py.Group):
        yield Mutation(name, "an empty group", _emptied(name))
        return
    yield Mutation(name, "a number", _replaced(name, 1.5))
    yield Mutation(name, "texts", _replaced(name, TEXTS))
    yield Mutation(name, "nothing of it", _replaced(name, np.empty(0)))
    yield Mutation(name, "a block", _replaced(name, np.ones((2, 3, 4))))
    yield Mutation(name, "not numbers", _replaced(name, np.full(item.shape or (), np.nan)))
    yield Mutation(name, "infinite", _replaced(name, np.full(item.shape or (), np.inf)))
    yield Mutation(name, "negative", _replaced(name, np.full(item.shape or (), -(2**62))))
    yield Mutation(name, "complex", _replaced(name, np.ones(3, complex)))
    yield Mutation(name, "pairs", _replaced(name, np.zeros(3, dtype=[("x", "u4"), ("y", "f8")])))
    yield Mutation(name, "references", _references(name))
    yield Mutation(name, "null references", _null_references(name))
    yield Mutation(name, "huge", _huge(name))
    yield Mutation(name, "a group", _group(name))


def _of_attributes(item: h5py.Group | h5py.Dataset) -> Iterator[Mutation]:
    for key in item.attrs:
        where = f"{item.name}@{key}"
        yield Mutation(where, "missing", _attribute(item.name, key, None))
        for name, value in {
            "null": h5py.Empty("f8"),
            "a text": "a text",
            "a number": -1.5,
            "numbers": np.arange(3),
            "texts": TEXTS,
            "a null reference": h5py.Reference(),
            "complex": 1 + 2j,
        }.items():
            yield Mutation(where, name, _attribute(item.name, key, value))


def _create(file: h5py.File, name: str, value: object) -> None:
    if isinstance(value, np.ndarray) and value.dtype == object:
        file.create_dataset(name, data=value, dtype=h5py.string_dtype())
    else:
        file[name] = value


def _replaced(name: str, value: object) -> Change:
    def change(file: h5py.File) -> None:
        attributes = _kept(file, name)
        del file[name]
        _create(file, name, value)
        if not isinstance(value, h5py.SoftLink | h5py.ExternalLink):
            _restore(file[name], attributes)

    return change


def _kept(file: h5py.File, name: str) -> dict[str, object]:
    return dict(file[name].attrs)


def _restore(item: h5py.Group | h5py.Dataset, attributes: dict[str, object]) -> None:
    for key, value in attributes.items():
        if isinstance(value, np.ndarray) and value.dtype == object and all(isinstance(one, str) for one in value.flat):
            item.attrs.create(key, value, dtype=h5py.string_dtype())
        else:
            item.attrs[key] = value


def _circle(name: str) -> Change:
    def change(file: h5py.File) -> None:
        parent = file[name].parent
        del file[name]
        file[name] = parent

    return change


def _emptied(name: str) -> Change:
    def change(file: h5py.File) -> None:
        attributes = _kept(file, name)
        del file[name]
        _restore(file.create_group(name), attributes)

    return change


def _group(name: str) -> Change:
    return _emptied(name)


def _references(name: str) -> Change:
    def change(file: h5py.File) -> None:
        attributes = _kept(file, name)
        del file[name]
        _restore(file.create_dataset(name, data=np.array([file.ref] * 3, dtype=h5py.ref_dtype)), attributes)

    return change


def _null_references(name: str) -> Change:
    def change(file: h5py.File) -> None:
        attributes = _kept(file, name)
        del file[name]
        _restore(file.create_dataset(name, (3,), dtype=h5py.ref_dtype), attributes)

    return change


def _huge(name: str) -> Change:
    def change(file: h5py.File) -> None:
        attributes = _kept(file, name)
        del file[name]
        _restore(file.create_dataset(name, (2**40,), "f8", chunks=(1024,)), attributes)

    return change


def _attribute(place: str, key: str, value: object) -> Change:
    def change(file: h5py.File) -> None:
        if value is None:
            del file[place].attrs[key]
        elif isinstance(value, h5py.Reference):
            file[place].attrs.create(key, value, dtype=h5py.ref_dtype)
        elif isinstance(value, np.ndarray) and value.dtype == object:
            file[place].attrs.create(key, value, dtype=h5py.string_dtype())
        else:
            file[place].attrs[key] = value

    return change
