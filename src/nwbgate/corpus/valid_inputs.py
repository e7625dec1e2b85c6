"""Valid inputs for faults, made on first use."""

import csv
from functools import cached_property
from importlib.resources import as_file, files
from pathlib import Path
from shutil import copytree

from pynwb import NWBHDF5IO, NWBFile

from nwbgate.conversion.batches.batch import convert_batch
from nwbgate.conversion.batches.task import Settings
from nwbgate.corpus.any_file_session import any_file_session
from nwbgate.corpus.file_edits import plant_in_copy
from nwbgate.corpus.inspector_edits import clean, plane, units
from nwbgate.corpus.released_edits import TRUE_UNITS
from nwbgate.corpus.rig_edits import with_sources
from nwbgate.errors import WriteError
from nwbgate.samples import SAMPLES
from nwbgate.samples.dataset_ii import make_recordings

#: What a table of recordings says of the first recording and of the second.
TOLD = {
    "neuron_id": ("n1", "n2"), "subject_id": ("m-1", "m-2"), "sex": ("F", "M"), "age": ("P90D", "P91D"),
    "session_start_time": ("2015-03-02T10:00:00+00:00", "2015-03-03T11:00:00+00:00"), "depth_um": ("150", "200"),
    "anaesthetic": ("isoflurane", "urethane"), "pipette_resistance_mohm": ("6", "7"), "x": ("8900", "8950"),
    "y": ("1210", "1250"), "z": ("8120", "8040"), "exclude": ("False", "False"), "notes": ("", ""),
}  # fmt: skip
#: Samples that are planted in, and the recipes that convert them.
RELEASE, RECORDING = "visual-behavior", "dataset-ii"
#: Session of the sample release with two imaging planes, behavior and all streams.
_SESSION = "1900011001"


class ValidInputs:
    """Valid inputs in a folder of their own.

    Parameters
    ----------
    folder : Path
        Where they are made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def standard(self) -> Path:
        """A session as nwbgate converts it: two imaging planes, behavior, stimulus, eye tracking."""
        self._release()
        return self._convert(RELEASE, self.folder / "release", session=_SESSION)

    @cached_property
    def rig(self) -> Path:
        """The same session as a rig's sources would give it, which agree."""
        return plant_in_copy(
            self.standard, self.folder / "rig" / self.standard.parent.name / self.standard.name, with_sources
        )

    @cached_property
    def released(self) -> Path:
        """A plane of the same session as AllenSDK writes it."""
        (source,) = [path for path in self._release() if path.stem.endswith("1900011010")]
        return plant_in_copy(
            source, self.folder / "released" / "sub-457841" / "sub-457841_ses-1900011001.nwb", TRUE_UNITS
        )

    @cached_property
    def recording(self) -> Path:
        """A cell-attached recording as nwbgate converts it with its table."""
        table = {"recordings": str(self.recordings_table / "recordings.csv")}
        return self._convert(RECORDING, self.folder / "recordings", session=None, **table)

    @cached_property
    def recordings_table(self) -> Path:
        """The folder with the table of two recordings."""
        sources = make_recordings(self.folder / "recordings", recordings=2, seconds=5.0, sampling_rate=4000.0)
        folder = self.folder / "recordings_table"
        folder.mkdir(parents=True)
        with (folder / "recordings.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["recording_id", *TOLD])
            writer.writerows([[path.stem, *(each[row] for each in TOLD.values())] for row, path in enumerate(sources)])
        return folder

    @cached_property
    def manifest(self) -> Path:
        """The folder with the four tables of two mice."""
        with as_file(files("nwbgate.corpus") / "valid_manifest") as tables:
            return Path(copytree(tables, self.folder / "manifest"))

    @cached_property
    def minimal(self) -> Path:
        """A session with one series, about which no validator has anything to say."""
        return write(clean(), self.folder / "minimal" / "sub-m1" / "sub-m1_ses-s0.nwb")

    @cached_property
    def imaged(self) -> Path:
        """The same with an imaging plane and units."""
        plane()(nwbfile := clean())
        units([1.0], [1.5])(nwbfile)
        return write(nwbfile, self.folder / "imaged" / "sub-m1" / "sub-m1_ses-s0.nwb")

    @cached_property
    def any_lab(self) -> Path:
        """A session of no described dataset: imaging, voltages, units, a pipette and behavior."""
        return write(any_file_session(), self.folder / "any_lab" / "sub-m1" / "sub-m1_ses-s0.nwb")

    def _release(self) -> list[Path]:
        return SAMPLES[RELEASE].make(self.folder / "release", overwrite=True)

    def _convert(self, recipe: str, sources: Path, session: str | None, **options: str) -> Path:
        given = {**options, **({"sessions": session} if session else {})}
        outcomes = convert_batch(recipe, [sources], self.folder / "nwb", options=given, settings=Settings(rules=False))
        first = next((outcome for outcome in outcomes if outcome.path is not None), None)
        if first is None or first.path is None or not first.path.is_file():
            raise WriteError(
                "a valid input of the corpus could not be made",
                where=str(sources),
                got="; ".join(outcome.reason for outcome in outcomes)[:500],
                expected="a converted sample",
                fix="see what `nwbgate convert` says of the sample",
            )
        return first.path


def write(nwbfile: NWBFile, path: Path) -> Path:
    """Write a session with PyNWB, which writes faults that our own writer refuses."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NWBHDF5IO(path, "w") as io:
        io.write(nwbfile)
    return path
