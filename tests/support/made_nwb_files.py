"""NWB files made for the tests of validators: a good one, and edits that each break one thing."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import h5py
import numpy as np
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.file import Subject

from support.places import TESTS


def session(number: int = 0) -> NWBFile:
    """A session about which no validator has anything to say."""
    nwbfile = NWBFile(
        session_description="a session of a test",
        identifier=f"session-{number}",
        session_start_time=datetime(2020, 1, 1, tzinfo=UTC),
        session_id=f"s{number}",
        experimenter=["Doe, Jane"],
        experiment_description="an experiment of a test",
        institution="an institution",
        keywords=["test"],
        subject=Subject(subject_id="m1", species="Mus musculus", sex="M", age="P90D", description="a mouse"),
    )
    data = np.random.default_rng(number).normal(size=100)
    nwbfile.add_acquisition(TimeSeries(name="voltage", data=data, unit="V", rate=10.0, description="a voltage"))
    return nwbfile


def write(folder: Path, number: int = 0, nwbfile: NWBFile | None = None, **options: bool) -> Path:
    path = folder / "sub-m1" / f"sub-m1_ses-s{number}_ecephys.nwb"
    path.parent.mkdir(parents=True, exist_ok=True)
    with NWBHDF5IO(path, "w") as io:
        io.write(session(number) if nwbfile is None else nwbfile, **options)
    return path


def edit(path: Path, change: Callable[[h5py.File], object]) -> Path:
    with h5py.File(path, "r+") as file:
        change(file)
    return path


def without_unit(file: h5py.File) -> None:
    del file["acquisition/voltage/data"].attrs["unit"]


def without_description(file: h5py.File) -> None:
    del file["session_description"]


def text_for_numbers(file: h5py.File) -> None:
    file["acquisition/voltage/starting_time"].attrs["rate"] = "fast"


def naive_time(file: h5py.File) -> None:
    file["session_start_time"][()] = "2020-01-01T00:00:00"


def cube_of_keywords(file: h5py.File) -> None:
    del file["general/keywords"]
    file["general/keywords"] = np.full((2, 2, 2), "test", dtype=h5py.string_dtype())


def damaged_timestamps(file: h5py.File) -> None:
    series = file["acquisition/voltage"]
    del series["starting_time"]
    times = series.create_dataset("timestamps", shape=(100,), dtype="f8", chunks=(100,), compression="gzip")
    times.attrs.update(interval=1, unit="seconds")
    times.id.write_direct_chunk((0,), b"not deflated")


def extension(folder: Path, number: int) -> Path:
    """A file with an object of an extension that is not installed, in a fresh process so that this one stays clean."""
    program = f"""
from pathlib import Path
from pynwb import NWBHDF5IO, get_class, load_namespaces
from pynwb.spec import NWBGroupSpec, NWBNamespaceBuilder
import sys
sys.path.insert(0, {str(TESTS)!r})
from support.{Path(__file__).stem} import session, write
builder = NWBNamespaceBuilder("a test", "ndx-test", version="0.1.0", author="x", contact="x@x.org")
builder.include_type("LabMetaData", namespace="core")
spec = NWBGroupSpec("settings", neurodata_type_def="Settings", neurodata_type_inc="LabMetaData")
spec.add_attribute("gain", "the gain", "float")
builder.add_spec("test.extensions.yaml", spec)
builder.export("test.namespace.yaml", outdir={str(folder)!r})
load_namespaces({str(folder / "test.namespace.yaml")!r})
nwbfile = session({number})
nwbfile.add_lab_meta_data(get_class("Settings", "ndx-test")(name="settings", gain=2.0))
print(write(Path({str(folder)!r}), {number}, nwbfile))
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())


def two_files_linked(folder: Path, number: int) -> Path:
    other = write(folder, number + 1)

    def change(file: h5py.File) -> None:
        del file["acquisition/voltage/data"]
        file["acquisition/voltage/data"] = h5py.ExternalLink(other.name, "/acquisition/voltage/data")

    return edit(write(folder, number), change)


def poor_session(number: int) -> NWBFile:
    nwbfile = session(number)
    for name in ("keywords", "institution", "experimenter"):
        nwbfile.fields[name] = None
    nwbfile.subject.fields.update(species="mouse", age="90 days")
    nwbfile.acquisition["voltage"].fields["rate"] = 0.001
    nwbfile.add_acquisition(TimeSeries(name="x", data=[1.0, 2.0], unit="V", timestamps=[2.0, 1.0], description=""))
    return nwbfile
