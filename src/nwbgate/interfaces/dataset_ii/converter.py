"""Converter of one Dataset II recording with all three streams."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from neuroconv import NWBConverter
from neuroconv.utils import DeepDict
from pynwb import NWBFile

from nwbgate.errors import UsageError
from nwbgate.interfaces.dataset_ii.cell_attached_voltage import CellAttachedVoltageInterface
from nwbgate.interfaces.dataset_ii.dff import DfOverFInterface
from nwbgate.interfaces.dataset_ii.metadata import DATASET, unknown_values
from nwbgate.interfaces.dataset_ii.recording_interface import RecordingInterface
from nwbgate.interfaces.dataset_ii.spike_times import SpikeTimesInterface
from nwbgate.interfaces.dataset_metadata import complete_metadata, strict_sections
from nwbgate.interfaces.identity import identify, mark_generated
from nwbgate.interfaces.strictness import close_schema, refuse_unknown_streams


class DatasetIIConverter(NWBConverter):  # type: ignore[misc]  # NeuroConv has no types
    """Voltage, spike times and dF/F of one recording.

    Voltage and spike times share one clock: a shift given to one of them moves both, and a shift given to dF/F moves
    dF/F alone. The same shifts can be given in the metadata (``Alignment``).

    Parameters
    ----------
    source_data : dict
        ``{"CellAttachedVoltage": {"file_path": ...}, "SpikeTimes": {...}, "DfOverF": {...}}``; streams may be left out.
    verbose : bool
        As NeuroConv passes it on; nothing is printed.

    Raises
    ------
    SourceError
        If the file is not a sound recording of Dataset II.
    UsageError
        If no stream is named, one is unknown, or they are of different recordings.
    """

    display_name = "Dataset II"
    keywords = ("cell-attached", "two-photon", "calcium imaging", "spike times")
    associated_suffixes = (".h5", ".hdf5")
    info = "Converter for Dataset II recordings (cell-attached electrophysiology with two-photon calcium imaging)."

    data_interface_classes: ClassVar[dict[str, type[RecordingInterface]]] = {
        "CellAttachedVoltage": CellAttachedVoltageInterface,
        "SpikeTimes": SpikeTimesInterface,
        "DfOverF": DfOverFInterface,
    }

    def __init__(self, source_data: dict[str, dict[str, Any]], verbose: bool = False) -> None:
        refuse_unknown_streams(source_data, list(self.data_interface_classes), "recording")
        super().__init__(source_data={name: dict(given) for name, given in source_data.items()}, verbose=verbose)
        self._refuse_two_recordings()
        voltage, spikes = (self.data_interface_objects.get(name) for name in ("CellAttachedVoltage", "SpikeTimes"))
        if isinstance(spikes, SpikeTimesInterface) and voltage is not None:
            spikes.follow(voltage)

    @classmethod
    def from_file(cls, file_path: str | Path) -> Self:
        """Return the converter of all three streams of one file."""
        return cls(source_data=source_data_of(Path(file_path)))

    @property
    def recording(self) -> RecordingInterface:
        """The first of the streams."""
        first: RecordingInterface = next(iter(self.data_interface_objects.values()))
        return first

    def get_metadata_schema(self) -> dict[str, Any]:
        """Return NeuroConv's metadata schema, extended to reject unknown keys."""
        return close_schema(super().get_metadata_schema(), strict_sections(DATASET))

    def get_metadata(self) -> DeepDict:
        """Return the metadata of the data set and of this recording."""
        return self.recording.get_metadata()

    def unknown_values(self, metadata: Mapping[str, Any] | None = None) -> tuple[str, ...]:
        """Return the values missing from both source and metadata."""
        return unknown_values(complete_metadata(self.get_metadata(), metadata))

    def create_nwbfile(
        self, metadata: Mapping[str, Any] | None = None, conversion_options: dict[str, Any] | None = None
    ) -> NWBFile:
        """Return an NWB file in memory with all streams and a reproducible identifier."""
        source = self.recording.source
        full = identify(complete_metadata(self.get_metadata(), metadata), source.recording_id, [source.path])
        return mark_generated(super().create_nwbfile(metadata=full, conversion_options=conversion_options))

    def _refuse_two_recordings(self) -> None:
        paths = {str(interface.source.path.resolve()) for interface in self.data_interface_objects.values()}
        if len(paths) > 1:
            raise UsageError(
                "the streams belong to different recordings",
                got=", ".join(sorted(paths)),
                expected="one file for all streams",
                fix="convert each recording with its own converter",
                where="source_data",
            )


def source_data_of(path: Path) -> dict[str, dict[str, Any]]:
    """Return the source data of all three streams of a file."""
    return {name: {"file_path": str(path)} for name in DatasetIIConverter.data_interface_classes}
