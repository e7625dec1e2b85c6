"""All declared faults by category, with their valid inputs."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from shutil import copytree

from nwbgate.corpus.any_file_edits import ANY_LAB
from nwbgate.corpus.cells import MANIFEST_CELLS, RECORDING_CELLS, Cell
from nwbgate.corpus.file_edits import Edit, Fault, plant_in_copy
from nwbgate.corpus.inspector_edits import INSPECTOR, clean
from nwbgate.corpus.recording_edits import RECORDING
from nwbgate.corpus.released_edits import BYTES, RELEASED
from nwbgate.corpus.rig_edits import RIG
from nwbgate.corpus.session_content_edits import CONTENT
from nwbgate.corpus.session_edits import SESSION
from nwbgate.corpus.valid_inputs import ValidInputs, write
from nwbgate.corpus.validator_edits import NAMES, WHOLE_FILE
from nwbgate.manifest.specification.spec import load_spec

#: Takes the valid inputs and a folder, and returns the file, or the folder of tables, with the fault.
Plant = Callable[[ValidInputs, Path], Path]


@dataclass(frozen=True)
class Declared:
    """One declared fault.

    Parameters
    ----------
    category : str
        Kind of input and fault.
    code : str
        Code that nwbgate must give, alone.
    base : str
        Attribute of `ValidInputs` that is its clean counterpart.
    plant : callable
        Writes the input with the fault.
    """

    category: str
    code: str
    base: str
    plant: Plant

    @property
    def tables(self) -> bool:
        """Whether the input is a folder of tables; else it is an NWB file."""
        return self.category in ("tables of a release", "table of recordings")


def declared_faults() -> list[Declared]:
    """Return every fault, the categories in one fixed order."""
    return [
        *_in_files("content of sessions", CONTENT, "standard"),
        *_in_files("structure of sessions", SESSION, "standard"),
        *_in_files("sources of a rig", RIG, "rig"),
        *_in_files("released sessions", RELEASED, "released"),
        *_in_files("damaged bytes", BYTES, "released"),
        *_in_files("recordings", RECORDING, "recording"),
        *_in_files("sessions of any lab", ANY_LAB, "any_lab"),
        *_in_files("schema", WHOLE_FILE, "imaged"),
        *(Declared("names of files", code, "imaged", _file_named(name)) for code, name in NAMES),
        *(
            Declared("checks of NWB Inspector", f"inspector.{check}", "minimal", _built(edit))
            for check, edit in INSPECTOR
        ),
        *(Declared("tables of a release", cell.code, "manifest", _cell(cell)) for cell in MANIFEST_CELLS),
        *(
            Declared("table of recordings", cell.code, "recordings_table", _cell(cell))
            for cell in RECORDING_CELLS
            if cell.code.startswith("recordings.")
        ),
    ]


def sample_faults(faults: Sequence[Declared], number: int, seed: int) -> list[Declared]:
    """Return at most `number` random faults per category, in order."""
    random, chosen = Random(seed), set()  # noqa: S311  a sample, not a secret
    for category in dict.fromkeys(fault.category for fault in faults):
        places = [place for place, fault in enumerate(faults) if fault.category == category]
        chosen.update(random.sample(places, min(number, len(places))))
    return [fault for place, fault in enumerate(faults) if place in chosen]


def _in_files(category: str, faults: Sequence[Fault], base: str) -> Iterator[Declared]:
    for code, edit in faults:
        yield Declared(category, code, base, _edit_file(edit, base))


def _edit_file(edit: Edit, base: str) -> Plant:
    def plant(valid: ValidInputs, folder: Path) -> Path:
        source: Path = getattr(valid, base)
        return plant_in_copy(source, folder / source.parent.name / source.name, edit)

    return plant


def _file_named(name: str) -> Plant:
    return lambda valid, folder: plant_in_copy(valid.imaged, folder / name, lambda _: None)


def _built(edit: Callable[..., object]) -> Plant:
    def plant(valid: ValidInputs, folder: Path) -> Path:
        edit(nwbfile := clean())
        return write(nwbfile, folder / valid.minimal.parent.name / valid.minimal.name)

    return plant


def _cell(cell: Cell) -> Plant:
    table, column, _ = cell.code.split(".")

    def plant(valid: ValidInputs, folder: Path) -> Path:
        base = valid.recordings_table if table == "recordings" else valid.manifest
        path = Path(copytree(base, folder / base.name)) / _file_of(table)
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        rows[cell.row][column] = cell.text
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return path.parent

    return plant


def _file_of(table: str) -> str:
    return "recordings.csv" if table == "recordings" else str(load_spec(MANIFEST_SPEC).tables[table].file)


#: Specification of the tables of two mice.
MANIFEST_SPEC = "visual_behavior@1.1.0"
