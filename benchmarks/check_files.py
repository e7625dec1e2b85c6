"""How long 40 small files take to check: `nwbgate check`, against the three command lines one after another.

Claim: schema, NWB Inspector, DANDI layout and our own rules, whole process, at least 15 times faster than
`nwbinspector`, `pynwb-validate` and `dandi validate` together. Each is run as a user runs it, with a warm page cache
and, as `pip` leaves it, compiled: our modules are compiled first where the environment forbids Python to do it.
"""

import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from apparatus import calibration, compiled_sources
from apparatus.claims import Claim, report
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.file import Subject
from pynwb.ophys import DfOverF, ImageSegmentation, OpticalChannel, RoiResponseSeries

FILES, JOBS, CLAIM = 40, os.cpu_count() or 1, 15.0
BIN = Path(sys.executable).parent


def session(number: int) -> NWBFile:
    """One small session of voltage, spikes, trials and dF/F, about as many objects as a Dataset II file has."""
    rng = np.random.default_rng(number)
    nwbfile = NWBFile(
        session_description="a session of a benchmark",
        identifier=f"benchmark-{number}",
        session_start_time=datetime(2020, 1, 1, tzinfo=UTC),
        session_id=f"s{number:02}",
        experimenter=["Doe, Jane"],
        experiment_description="a benchmark",
        institution="an institution",
        keywords=["benchmark"],
        subject=Subject(subject_id="m1", species="Mus musculus", sex="M", age="P90D", description="a mouse"),
    )
    voltage = rng.normal(size=10_000)
    nwbfile.add_acquisition(TimeSeries(name="voltage", data=voltage, unit="V", rate=1000.0, description="a voltage"))
    add_trials_and_units(nwbfile, rng)
    add_dff(nwbfile, rng)
    return nwbfile


def add_trials_and_units(nwbfile: NWBFile, rng: np.random.Generator) -> None:
    """Add 20 trials and 5 units."""
    nwbfile.add_trial_column("go", "whether the stimulus changed")
    for start in range(0, 100, 5):
        nwbfile.add_trial(start_time=float(start), stop_time=start + 4.0, go=bool(rng.integers(2)))
    for _ in range(5):
        nwbfile.add_unit(spike_times=np.sort(rng.uniform(0, 100, 200)), obs_intervals=[[0.0, 100.0]])
    nwbfile.units.resolution = 1e-3


def add_dff(nwbfile: NWBFile, rng: np.random.Generator) -> None:
    """Add one imaging plane with 20 ROIs and their dF/F."""
    device = nwbfile.create_device("microscope", description="a microscope")
    channel = OpticalChannel(name="channel", description="green", emission_lambda=520.0)
    plane = nwbfile.create_imaging_plane(
        name="plane", optical_channel=channel, device=device, description="a plane", excitation_lambda=920.0,
        indicator="GCaMP6f", location="VISp",
    )  # fmt: skip
    segmentation = ImageSegmentation()
    ophys = nwbfile.create_processing_module("ophys", "processed imaging")
    ophys.add(segmentation)
    rois = segmentation.create_plane_segmentation(name="rois", description="ROIs", imaging_plane=plane)
    for mask in rng.random((20, 16, 16)) > 0.9:
        rois.add_roi(image_mask=mask)
    region = rois.create_roi_table_region(region=list(range(20)), description="all")
    series = RoiResponseSeries(
        name="dff", data=rng.normal(size=(1000, 20)), rois=region, unit="n.a.", rate=10.0, description="dF/F"
    )
    ophys.add(DfOverF(roi_response_series=series))


def write(folder: Path) -> list[Path]:
    """Write the files in DANDI's layout, with the YAML that makes the folder a dandiset."""
    (folder / "dandiset.yaml").write_text("identifier: DANDI:000001\nname: a benchmark\ndescription: a benchmark\n")
    (folder / "sub-m1").mkdir()
    paths = [folder / "sub-m1" / f"sub-m1_ses-s{number:02}_ecephys+ophys.nwb" for number in range(FILES)]
    for number, path in enumerate(paths):
        with NWBHDF5IO(path, "w") as io:
            io.write(session(number))
    return paths


def seconds(*command: str | Path, home: Path) -> np.ndarray:
    """Seconds that a command takes, from the start of its process to the end, and those of all cores together."""
    environment = {**os.environ, "HOME": str(home), "DANDI_NO_ET": "1", "DANDI_CACHE": "ignore"}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    took = time.perf_counter() - start
    wait_for_descendants()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{command[0]} exited with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return np.array([took, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime])


def adopt_descendants() -> None:
    """Become the parent of processes whose parent ended, or the computing of fork servers would not be counted."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def wait_for_descendants() -> None:
    """Wait for all processes that a command started."""
    with suppress(ChildProcessError):
        while True:
            os.wait()


def main() -> int:
    """Run all four on the same files, ours three times, print the ratio, and fail when the claim does not hold."""
    print(calibration.line())
    compiled_sources.compile_package()
    adopt_descendants()
    with tempfile.TemporaryDirectory() as temporary:
        home, folder = Path(temporary), Path(temporary, "dandiset")
        folder.mkdir()
        paths = write(folder)
        command = (BIN / "nwbgate", "check", folder, "--jobs", str(JOBS))
        ours = np.median([seconds(*command, home=home) for _ in range(3)], axis=0)
        inspected = home / "report.json"
        theirs = {
            "nwbinspector": seconds(
                BIN / "nwbinspector", folder, "--config", "dandi", "--json-file-path", inspected, home=home
            ),
            "pynwb-validate": seconds(BIN / "pynwb-validate", *paths, home=home),
            "dandi validate": seconds(BIN / "dandi", "validate", folder, home=home),
        }
        messages = len(json.loads(inspected.read_text())["messages"])
    ratio, of_cores = sum(theirs.values()) / ours
    print(f"{FILES} files, {JOBS} processes; NWB Inspector has {messages} messages")
    for name, (took, cores) in {**theirs, "nwbgate check": ours}.items():
        print(f"{name:>16}: {took:6.2f} s, {cores:6.2f} s of all cores together")
    return report(
        [
            Claim("40 files: the three peers take as long", ratio, "times", least=CLAIM),
            Claim("40 files: the three peers compute as long", of_cores, "times"),
        ]
    )


if __name__ == "__main__":
    raise SystemExit(main())
