"""Converter of one Dataset II recording with all three streams."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from pynwb import NWBFile

from nwbgate.interfaces.dataset_ii.cell_attached_voltage import CellAttachedVoltageInterface
from nwbgate.interfaces.dataset_ii.dff import DfOverFInterface
from nwbgate.interfaces.dataset_ii.metadata import DATASET, unknown_values
from nwbgate.interfaces.dataset_ii.recording_interface import RecordingInterface
from nwbgate.interfaces.dataset_ii.spike_times import SpikeTimesInterface
from nwbgate.interfaces.dataset_metadata import complete_metadata
from nwbgate.interfaces.described import DescribedConverter
from nwbgate.interfaces.identity import identify, mark_generated


class DatasetIIConverter(DescribedConverter):
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

    dataset, whole = DATASET, "recording"
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
        super().__init__(source_data, verbose)
        paths = {str(interface.source.path.resolve()) for interface in self.data_interface_objects.values()}
        self._refuse_several(paths, "one file for all streams")
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


def source_data_of(path: Path) -> dict[str, dict[str, Any]]:
    """Return the source data of all three streams of a file."""
    return {name: {"file_path": str(path)} for name in DatasetIIConverter.data_interface_classes}
