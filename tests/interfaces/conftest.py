"""Made-up recordings for the interfaces: short, sound ones, and one in each layout or with each fault."""

from pathlib import Path

import h5py
import pytest

from nwbgate.interfaces.dataset_ii import DatasetIIConverter
from nwbgate.samples.dataset_ii import make_recording

SHORT = {"seconds": 4.0, "sampling_rate": 4000.0}


@pytest.fixture(scope="session")
def recording(tmp_path_factory) -> Path:
    """A sound recording as the description of the dataset lays it out; not to be changed."""
    return make_recording(tmp_path_factory.mktemp("recording") / "103991.h5", genotype="Emx1-f", **SHORT)


@pytest.fixture
def make(tmp_path):
    """Return a function that makes a recording of a layout, a fault, or both."""

    def made(name: str = "102956", **options) -> Path:
        return make_recording(tmp_path / f"{name}.h5", **{**SHORT, **options})

    return made


@pytest.fixture
def converter(recording):
    return DatasetIIConverter.from_file(recording)


@pytest.fixture
def written(tmp_path):
    """Return a function that runs a converter by NeuroConv's own writer and gives the file, open with h5py."""
    opened = []

    def write(converter, **options):
        path = tmp_path / f"{len(opened)}.nwb"
        converter.run_conversion(nwbfile_path=str(path), **options)
        opened.append(h5py.File(path))
        return opened[-1]

    yield write
    for file in opened:
        file.close()
