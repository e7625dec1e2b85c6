"""Named faults of a Dataset II source, for tests of readers and quality control."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from nwbgate.samples.layouts import SCALARS, TRACES, VARIABLES, Variables
from nwbgate.storage.safe_files.disk import edited_hdf5, new_hdf5


def _no_edit(variables: Variables) -> None:
    """Leave the variables unchanged."""


def _no_damage(path: Path) -> None:
    """Leave the file unchanged."""


@dataclass(frozen=True)
class Fault:
    """A fault of a source.

    Parameters
    ----------
    title : str
        What is wrong, as one clause.
    edit : callable
        Changes the variables, in place, before they are written.
    damage : callable
        Changes the file after it was written.
    ophys_lag, clock_error : float
        What the simulation is asked for: see `nwbgate.samples.dataset_ii.simulate_recording`.
    """

    title: str
    edit: Callable[[Variables], None] = _no_edit
    damage: Callable[[Path], None] = _no_damage
    ophys_lag: float = 0.0
    clock_error: float = 0.0


def _missing(name: str) -> Fault:
    def edit(variables: Variables) -> None:
        del variables[name]

    return Fault(f"{name} is missing", edit)


def _replace_value(name: str, value: object, title: str) -> Fault:
    def edit(variables: Variables) -> None:
        variables[name] = value

    return Fault(title, edit)


def _scale_value(name: str, factor: float, title: str) -> Fault:
    def edit(variables: Variables) -> None:
        variables[name] = factor * variables[name]

    return Fault(title, edit)


def _sample(name: str, value: float, title: str) -> Fault:
    """Set one sample of a trace, or the scalar itself, to a value."""

    def edit(variables: Variables) -> None:
        if name in SCALARS:
            variables[name] = value
        else:
            variables[name] = variables[name].copy()
            variables[name][len(variables[name]) // 2] = value

    return Fault(title, edit)


def _swap_spikes(variables: Variables) -> None:
    variables["sptimes"] = np.concatenate([variables["sptimes"][1::-1], variables["sptimes"][2:]])


def _repeat_spike(variables: Variables) -> None:
    variables["sptimes"] = np.concatenate([variables["sptimes"][:1], variables["sptimes"]])


def _spike_before_start(variables: Variables) -> None:
    variables["sptimes"] = np.concatenate([[-0.1], variables["sptimes"]])


def _spike_after_end(variables: Variables) -> None:
    end = len(variables["ephys_raw"]) * variables["dte"]
    variables["sptimes"] = np.append(variables["sptimes"], end + 2 * variables["dte"])


def _spikes_off_grid(variables: Variables) -> None:
    variables["sptimes"] = variables["sptimes"] + 0.4 * variables["dte"]


def _shorten_raw(variables: Variables) -> None:
    variables["ephys_raw"] = variables["ephys_raw"][:-1]


def _stop_ophys_early(seconds: float) -> Callable[[Variables], None]:
    def edit(variables: Variables) -> None:
        variables["dff"] = variables["dff"][: -round(seconds / variables["dto"])]

    return edit


def _add_third_dimension(name: str) -> Fault:
    def edit(variables: Variables) -> None:
        variables[name] = np.full((2, 3, 4), 1.0)

    return Fault(f"{name} is a block of three dimensions", edit)


def _group_in_place(path: Path) -> None:
    with edited_hdf5(path) as file:
        del file["dff"]
        file.create_group("dff")


def _huge_shape(path: Path) -> None:
    with edited_hdf5(path) as file:
        del file["ephys_raw"]
        file.create_dataset("ephys_raw", shape=(2**50,), dtype="f8", chunks=(2**16,))


def _truncate(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.truncate(path.stat().st_size // 2)


def _move_out(path: Path) -> Path:
    """Move dff into a neighbouring file and return its path."""
    outside = path.with_suffix(".outside")
    with edited_hdf5(path) as file, new_hdf5(outside) as other:
        file.copy("dff", other)
        del file["dff"]
    return outside


def _external_link(path: Path) -> None:
    outside = _move_out(path)
    with edited_hdf5(path) as file:
        file["dff"] = h5py.ExternalLink(outside.name, "/dff")


def _soft_link_out(path: Path) -> None:
    outside = _move_out(path)
    with edited_hdf5(path) as file:
        file["elsewhere"] = h5py.ExternalLink(outside.name, "/")
        file["dff"] = h5py.SoftLink("/elsewhere/dff")


def _dangling_link(path: Path) -> None:
    with edited_hdf5(path) as file:
        del file["dff"]
        file["dff"] = h5py.SoftLink("/nowhere")


def _virtual_dataset(path: Path) -> None:
    outside = _move_out(path)
    with h5py.File(outside, "r") as other:
        layout = h5py.VirtualLayout(shape=other["dff"].shape, dtype=other["dff"].dtype)
        layout[:] = h5py.VirtualSource(other["dff"])
    with edited_hdf5(path) as file:
        file.create_virtual_dataset("dff", layout)


def _external_storage(path: Path) -> None:
    with edited_hdf5(path) as file:
        values = file["dff"][()]
        del file["dff"]
        outside = path.with_suffix(".outside")
        outside.write_bytes(values.tobytes())
        file.create_dataset("dff", values.shape, values.dtype, external=[(str(outside.absolute()), 0, values.nbytes)])


def _not_hdf5(path: Path) -> None:
    path.write_text("recording,genotype\n103991,Emx1-IRES-Cre;Camk2a-tTA;Ai94\n")


def _empty_file(path: Path) -> None:
    path.write_bytes(b"")


_NUMBERS = (*TRACES, *SCALARS, "sptimes")

#: Every fault by name.
FAULTS: dict[str, Fault] = {
    **{f"missing_{name}": _missing(name) for name in VARIABLES},
    **{f"empty_{name}": _replace_value(name, np.empty(0), f"{name} holds nothing") for name in TRACES},
    **{f"text_{name}": _replace_value(name, "n/a", f"{name} is text") for name in _NUMBERS},
    **{f"block_{name}": _add_third_dimension(name) for name in (*_NUMBERS, "genotype")},
    **{f"nan_{name}": _sample(name, np.nan, f"{name} holds NaN") for name in _NUMBERS},
    **{f"infinite_{name}": _sample(name, np.inf, f"{name} holds an infinite value") for name in _NUMBERS},
    "dff_is_a_group": Fault("dff is a group", damage=_group_in_place),
    "empty_genotype": _replace_value("genotype", "", "genotype is an empty text"),
    "numeric_genotype": _replace_value("genotype", 94.0, "genotype is a number"),
    "unknown_genotype": _replace_value("genotype", "Sst-IRES-Cre;Ai148", "genotype is of another dataset"),
    "zero_dte": _replace_value("dte", 0.0, "ephys sampling period is zero"),
    "negative_dto": _replace_value("dto", -0.0316, "ophys sampling period is negative"),
    "rate_as_dte": _replace_value("dte", 40000.0, "ephys sampling period is a rate"),
    "rate_as_dto": _replace_value("dto", 31.66, "ophys sampling period is a rate"),
    "tiny_dte": _replace_value("dte", 1e-6, "ephys sampling rate is 1 MHz"),
    "tiny_dto": _replace_value("dto", 1e-3, "ophys sampling rate is 1 kHz"),
    "wrong_dte": _scale_value("dte", 10.0, "ephys sampling period is ten times too long"),
    "negative_threshold": _scale_value("quiroma", -1.0, "detection threshold is negative"),
    "unsorted_spikes": Fault("spike times are not sorted", _swap_spikes),
    "repeated_spike": Fault("a spike time is given twice", _repeat_spike),
    "negative_spike": Fault("a spike is before the start", _spike_before_start),
    "spike_past_end": Fault("a spike is past the end", _spike_after_end),
    "spikes_off_grid": Fault("spikes lie between samples", _spikes_off_grid),
    "different_lengths": Fault("the voltage traces differ in length", _shorten_raw),
    "durations_differ": Fault("dF/F ends half a second early", _stop_ophys_early(0.5)),
    "durations_disagree": Fault("dF/F ends one and a half seconds early", _stop_ophys_early(1.5)),
    "drifted_clock": Fault("the microscope's clock runs 0.1 % off", clock_error=1e-3),
    "late_ophys": Fault("dF/F is 200 ms late", ophys_lag=0.2),
    "truncated": Fault("the second half of the file is missing", damage=_truncate),
    "not_hdf5": Fault("the file is not HDF5", damage=_not_hdf5),
    "empty_file": Fault("the file is empty", damage=_empty_file),
    "huge_shape": Fault("ephys_raw declares more samples than a disk holds", damage=_huge_shape),
    "external_link": Fault("dff is a link to another file", damage=_external_link),
    "soft_link_out": Fault("dff is a soft link through another file", damage=_soft_link_out),
    "dangling_link": Fault("dff is a link to nothing", damage=_dangling_link),
    "virtual_dataset": Fault("dff is a view into another file", damage=_virtual_dataset),
    "external_storage": Fault("the samples of dff lie in another file", damage=_external_storage),
}
