"""NeuroConv interfaces of Dataset II: cell-attached voltage, spike times and dF/F of one neuron."""

from nwbgate.interfaces.dataset_ii.cell_attached_voltage import CellAttachedVoltageInterface
from nwbgate.interfaces.dataset_ii.converter import DatasetIIConverter
from nwbgate.interfaces.dataset_ii.dff import DfOverFInterface
from nwbgate.interfaces.dataset_ii.planner import plan_sessions
from nwbgate.interfaces.dataset_ii.source import RecordingSource
from nwbgate.interfaces.dataset_ii.spike_times import SpikeTimesInterface

__all__ = [
    "CellAttachedVoltageInterface",
    "DatasetIIConverter",
    "DfOverFInterface",
    "RecordingSource",
    "SpikeTimesInterface",
    "plan_sessions",
]
