"""NWB content written twice: by PyNWB as HDF5, and by hdmf-zarr as Zarr."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import NAMESPACE_OID, uuid5

import numcodecs
from hdmf_zarr.backend import ZarrIO
from numcodecs import pickles
from pynwb import NWBHDF5IO, NWBFile, get_manager

from nwbgate.corpus.any_file_session import any_file_session

JSON, PICKLE = numcodecs.JSON, pickles.Pickle


def write_store(path: Path, nwbfile: NWBFile, codec: type = JSON, *, consolidated: bool = True) -> Path:
    """Write a file as a Zarr store, its references by a codec."""
    with pickles_allowed(), ZarrIO(str(path), manager=get_manager(), mode="w", object_codec_class=codec) as io:
        io.write(with_same_ids(nwbfile), consolidate_metadata=consolidated)
    return path


def write_hdf5(path: Path, nwbfile: NWBFile) -> Path:
    with NWBHDF5IO(path, "w") as io:
        io.write(with_same_ids(nwbfile))
    return path


def write_both(folder: Path, codec: type = JSON) -> tuple[Path, Path]:
    """Write a session of any lab as HDF5 and as Zarr, in the folder of its subject."""
    folder = folder / "sub-m1"
    folder.mkdir(parents=True)
    name = "sub-m1_ses-s0_ecephys"
    hdf5 = write_hdf5(folder / f"{name}.nwb", any_file_session())
    return hdf5, write_store(folder / f"{name}.nwb.zarr", any_file_session(), codec)


def with_same_ids(nwbfile: NWBFile) -> NWBFile:
    """Give the objects the ids that the same objects of another copy have."""
    for number, each in enumerate([*nwbfile.objects.values()]):
        each._AbstractContainer__object_id = str(uuid5(NAMESPACE_OID, f"{number} {each.name}"))
    nwbfile.fields["file_create_date"] = [nwbfile.session_start_time]
    return nwbfile


@contextmanager
def pickles_allowed() -> Iterator[None]:
    """Let numcodecs read back the references that hdmf-zarr pickles while it writes them."""
    before = pickles.ALLOW_UNSAFE_PICKLE_DECODE
    pickles.ALLOW_UNSAFE_PICKLE_DECODE = True
    try:
        yield
    finally:
        pickles.ALLOW_UNSAFE_PICKLE_DECODE = before


def edit_json(file: Path, **values: object) -> None:
    """Change keys of a file of metadata; None takes one out."""
    content = {**json.loads(file.read_text()), **values}
    file.write_text(
        json.dumps({name: value for name, value in content.items() if value is not None or name == "compressor"})
    )
