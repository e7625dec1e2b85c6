"""Realistic simulated sources, one maker per dataset."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class SampleOption:
    """A command-line option of a sample maker.

    Parameters
    ----------
    name : str
        Keyword of the maker; underscores become hyphens on the command line.
    default : int or float
        Value when the option is not given; its type is the option's type.
    minimum, maximum : int or float or None
        Range that is accepted, ends included.
    help : str
        One sentence for ``--help``, with the unit.
    """

    name: str
    default: int | float
    minimum: int | float | None
    maximum: int | float | None
    help: str


@dataclass(frozen=True)
class Sample:
    """A kind of simulated source.

    Parameters
    ----------
    name : str
        Name on the command line; also the name of the shipped recipe that converts it.
    title : str
        One sentence about what is made.
    maker, describer : str
        ``"module:function"``, imported on use. The maker takes the folder, ``overwrite`` and the options, and returns
        the paths that it wrote; the describer takes one of them and returns a row of text cells.
    options : tuple of SampleOption
        Options of the maker.
    """

    name: str
    title: str
    maker: str
    describer: str
    options: tuple[SampleOption, ...]

    def make(self, folder: Path, *, overwrite: bool = False, **options: int | float) -> list[Path]:
        """Write the sources into `folder` and return their paths."""
        make: Callable[..., list[Path]] = _resolve(self.maker)
        return make(folder, overwrite=overwrite, **options)

    def describe(self, path: Path) -> Mapping[str, str]:
        """Return the content of a source as column title -> text."""
        describe: Callable[[Path], Mapping[str, str]] = _resolve(self.describer)
        return describe(path)


def _resolve(reference: str) -> Any:
    module, _, name = reference.partition(":")
    return getattr(import_module(module), name)


#: Every sample that can be made, by name.
SAMPLES: dict[str, Sample] = {
    sample.name: sample
    for sample in (
        Sample(
            name="dataset-ii",
            title="Cell-attached voltage with two-photon dF/F of one neuron per recording (HDF5).",
            maker="nwbgate.samples.dataset_ii:make_recordings",
            describer="nwbgate.samples.dataset_ii:describe_recording",
            options=(
                SampleOption("recordings", 6, 1, 2000, "Number of recordings; the three genotypes take turns."),
                SampleOption("seconds", 60.0, 2.0, 600.0, "Length of each recording, in seconds."),
                SampleOption("sampling_rate", 40000.0, 1000.0, 200000.0, "Samples per second of the voltage, in Hz."),
                SampleOption("seed", 0, 0, None, "The same seed makes the same recordings."),
            ),
        ),
        Sample(
            name="visual-behavior",
            title="A small Visual Behavior 2P release: imaging and training sessions, tables and manifest.",
            maker="nwbgate.samples.visual_behavior:make_release",
            describer="nwbgate.samples.visual_behavior:describe_file",
            options=(),
        ),
        Sample(
            name="visual-behavior-rig",
            title="Change detection sessions as their rig wrote them: pickles, sync files, traces, eye ellipses.",
            maker="nwbgate.samples.rig.sessions_folder:make_sessions",
            describer="nwbgate.samples.rig.sessions_folder:describe_session",
            options=(),
        ),
    )
}
