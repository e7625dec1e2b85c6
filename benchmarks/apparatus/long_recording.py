"""A recording as long as wanted: the chunks of a made-up one, one after the other, packed as they are."""

import shutil
from pathlib import Path

import h5py
import numpy as np

from nwbgate.conversion.batches.batch import convert_batch
from nwbgate.samples.dataset_ii import make_recording

RATE = 40_000.0
#: Length of the recording whose chunks are repeated, in seconds.
_SHORT = 60.0
_VOLTAGE = "/acquisition/ElectricalSeries/data"
_SUBTRACTED = "/processing/ecephys/FilteredEphys/ElectricalSeriesBaselineSubtracted/data"


def short_recording(folder: Path) -> Path:
    """Make and convert a recording of a minute at 40 kHz."""
    source = make_recording(folder / "100001.h5", seconds=_SHORT, sampling_rate=RATE, seed=1)
    convert_batch("dataset_ii", [source], folder / "nwb")
    return next((folder / "nwb").glob("sub-*/*.nwb"))


def long_recording(short: Path, path: Path, samples: int, *, both: bool = True) -> Path:
    """Write a copy of a recording with `samples` samples of voltage.

    Parameters
    ----------
    short : Path
        What `short_recording` returned.
    path : Path
        The file to write.
    samples : int
        Number of samples.
    both : bool
        Lengthen the voltage without baseline, too; else it is left out.
    """
    shutil.copy(short, path)
    with h5py.File(path, "r+") as file:
        if not both:
            del file[_SUBTRACTED.rsplit("/", 1)[0]]
        for name in (_VOLTAGE, _SUBTRACTED) if both else (_VOLTAGE,):
            _lengthen(file, name, samples)
    return path


def _lengthen(file: h5py.File, name: str, samples: int) -> None:
    old = file[name]
    whole = len(old) // old.chunks[0]
    packed = [old.id.read_direct_chunk((number * old.chunks[0], *(0,) * (old.ndim - 1))) for number in range(whole)]
    attributes, plist, shape, chunk = dict(old.attrs), old.id.get_create_plist(), old.shape[1:], old.chunks[0]
    del file[name]
    space = h5py.h5s.create_simple((samples, *shape))
    new = h5py.Dataset(h5py.h5d.create(file.id, name.encode(), h5py.h5t.IEEE_F64LE, space, plist))
    new.attrs.update(attributes)
    for number in range(int(np.ceil(samples / chunk))):
        mask, content = packed[number % whole]
        new.id.write_direct_chunk((number * chunk, *(0,) * len(shape)), content, mask)
