"""The converter of a recipe of interfaces: builds, aligns and names its streams."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from neuroconv import NWBConverter

from nwbgate.conversion.interface_failures import construction_failure
from nwbgate.errors import NwbgateError, RecipeError, SourceError, nearest
from nwbgate.manifest.csv.csv_file import CsvFile

FloatArray = npt.NDArray[np.float64]


class RecipeConverter(NWBConverter):  # type: ignore[misc]  # NeuroConv has no types
    """A NeuroConv converter whose interfaces and alignment a recipe declares.

    Parameters
    ----------
    source_data : dict
        Interface name to the arguments of its class.
    alignment : dict
        Interface name to ``shift``, ``clock`` or ``sync``, as a `SessionPlan` has them.
    """

    data_interface_classes: ClassVar[dict[str, type[Any]]] = {}

    def __init__(self, source_data: dict[str, dict[str, Any]], alignment: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__(source_data={})
        self.recipe_alignment = alignment
        for name, arguments in source_data.items():
            self.data_interface_objects[name] = self._build(name, arguments)

    def _build(self, name: str, arguments: dict[str, Any]) -> Any:
        interface = self.data_interface_classes[name]
        try:
            return interface(**arguments)
        except Exception as problem:  # interfaces are other people's code: anything may come out of them
            raise construction_failure(name, interface, arguments, problem) from problem

    def temporally_align_data_interfaces(
        self, metadata: dict[str, Any] | None = None, conversion_options: dict[str, Any] | None = None
    ) -> None:
        """Align each stream as the recipe says, those first that others are synchronised with."""
        later = sorted(self.recipe_alignment.items(), key=lambda each: "sync" in each[1])
        for name, alignment in later:
            try:
                self._align(name, alignment)
            except NwbgateError:
                raise
            except Exception as problem:  # alignment is other people's code, too
                raise SourceError(
                    f"cannot align the interface {name}",
                    where=f"interface {name}: alignment",
                    got=f"{type(problem).__name__}: {problem}"[:500],
                    expected="an interface of NeuroConv with temporal alignment, and one time for each sample",
                    fix="remove the alignment from the recipe, or correct the times",
                ) from problem

    def _align(self, name: str, alignment: Mapping[str, Any]) -> None:
        stream = self.data_interface_objects[name]
        if "shift" in alignment:
            _shift(stream, _seconds(name, alignment["shift"]))
            return
        if "clock" in alignment:
            times, origin = _clock(name, alignment["clock"]), alignment["clock"]["file_path"]
        else:
            times, origin = self._sync(name, alignment["sync"]), f"interface {alignment['sync']}"
        _set_times(name, stream, times, origin)

    def _sync(self, name: str, other: str) -> FloatArray:
        """Return the times of the interface with which a stream is synchronised."""
        if other not in self.data_interface_objects:
            raise SourceError(
                f"the interface {name} cannot be synchronised",
                where=f"interface {name}: alignment.sync",
                got=f"this session has no source of {other}",
                expected=f"the source of {other}",
                fix=f"add the source of {other}, or make it a source that is not optional",
            )
        return np.asarray(self.data_interface_objects[other].get_timestamps(), dtype=np.float64)


def converter_class(interfaces: Mapping[str, type[Any]]) -> type[RecipeConverter]:
    """Return the converter with these interfaces."""
    return type("RecipeConverter", (RecipeConverter,), {"data_interface_classes": dict(interfaces)})


def _seconds(name: str, shift: object) -> float:
    try:
        return float(str(shift))
    except ValueError:
        raise RecipeError(
            f"the shift of the interface {name} is not a number",
            where=f"interfaces.{name}.alignment.shift",
            got=str(shift),
            expected="seconds, or a word in braces of which the table of sessions has a column",
            fix="write the number, or give the column in the table of --sessions",
        ) from None


def _shift(stream: Any, seconds: float) -> None:
    """Shift a stream's times by seconds, as its interface allows."""
    if hasattr(stream, "set_aligned_starting_time"):
        stream.set_aligned_starting_time(aligned_starting_time=seconds)
    else:
        stream.alignment.shift_times(seconds)


def _set_times(name: str, stream: Any, times: FloatArray, origin: str) -> None:
    """Give a stream the time of each sample, after comparing their numbers."""
    samples = len(stream.get_original_timestamps())
    if samples != len(times) or not np.isfinite(times).all():
        got = f"{len(times)} times for {samples} samples" if samples != len(times) else "times that are not finite"
        raise SourceError(
            f"the clock of the interface {name} does not fit its samples",
            where=f"interface {name}: {origin}",
            got=got,
            expected=f"{samples} finite times in seconds, one for each sample",
            fix="compare the clock with the stream: one of them was cut, or belongs to another session",
        )
    stream.set_aligned_timestamps(aligned_timestamps=times)


def _clock(name: str, clock: Mapping[str, Any]) -> FloatArray:
    """Return the times in a clock's file."""
    path, column = Path(clock["file_path"]), clock.get("column")
    if path.suffix == ".npy":
        return np.asarray(np.load(path, allow_pickle=False), dtype=np.float64).ravel()
    table = CsvFile(path)
    chosen = column or table.columns[0]
    if chosen not in table.columns:
        raise SourceError(
            f"the clock of the interface {name} has no column {chosen!r}",
            where=str(path),
            got=", ".join(table.columns),
            expected=f"a column {chosen!r} with times in seconds",
            fix=nearest(chosen, table.columns) or "name one of the columns in alignment.clock.column",
        )
    cells = table.text(chosen)
    times = pd.to_numeric(cells, errors="coerce")
    if not (texts := cells[times.isna() & cells.notna()]).empty:
        raise SourceError(
            f"the clock of the interface {name} has texts for times",
            where=f"{path}: {chosen}",
            got=repr(texts.iloc[0]),
            expected="seconds, as numbers",
            fix="correct this cell, or name another column in alignment.clock.column",
        )
    return times.to_numpy(np.float64)
