"""Folders to publish: good ones, and one in which each file has a fault of its own."""

from pathlib import Path
from shutil import copyfile

import h5py

from support.made_nwb_files import edit, write

#: Name of each faulty file in `faulty_folder` -> the codes that refuse it.
FAULTS = {
    "sub-m1/sub-m1_ses-s1_ecephys.nwb": {"publish.placeholder"},
    "sub-m1/sub-m1_ses-s2_ecephys.nwb": {"publish.placeholder"},
    "sub-m1/sub-m1_ses-s3_ecephys.nwb": {"publish.duplicate"},
    "sub-m1/sub-m1_ses-copy_ecephys.nwb": {"publish.duplicate"},
    "sub-m2/sub-m2_ses-s4_ecephys.nwb": {"publish.subject"},
    "loose/sub-m1_ses-s5_ecephys.nwb": {"dandi.folder"},
    "sub-m1/sub-m1_ses-s6_ecephys.nwb": {"file.unreadable"},
    "sub-m1/sub-m1_ses-s7_ecephys.nwb": {"publish.metadata"},
}
GOOD = "sub-m1/sub-m1_ses-s0_ecephys.nwb"


def good_folder(folder: Path, number: int) -> Path:
    """Files of different sessions of one animal, in DANDI's layout."""
    for each in range(number):
        write(folder, each)
    return folder


def faulty_folder(folder: Path) -> Path:
    """One good file, and one with each of `FAULTS`; `cut_file` makes the last of them."""
    write(folder, 0)
    edit(write(folder, 1), lambda file: set_text(file, "session_start_time", "1900-01-01T00:00:00+00:00"))
    edit(write(folder, 2), lambda file: set_text(file, "general/subject/sex", "U"))
    third = write(folder, 3)
    copyfile(third, third.with_name("sub-m1_ses-copy_ecephys.nwb"))
    for number, name in ((4, "sub-m2/sub-m2_ses-s4_ecephys.nwb"), (5, "loose/sub-m1_ses-s5_ecephys.nwb")):
        target = folder / name
        target.parent.mkdir()
        write(folder, number).rename(target)
    write(folder, 6)
    edit(write(folder, 7), lambda file: set_text(file, "general/subject/species", "Wugus wugus"))
    return folder


def cut_file(folder: Path) -> None:
    """Cut the file that cannot be read; before, the folder may get its dandiset.yaml."""
    cut = folder / "sub-m1" / "sub-m1_ses-s6_ecephys.nwb"
    cut.write_bytes(cut.read_bytes()[:5000])


def set_text(file: h5py.File, place: str, value: str) -> None:
    """Write a text in place of another."""
    if place in file:
        del file[place]
    file[place] = value


def one_session(folder: Path, subject: str, number: int) -> Path:
    """A file of another animal."""
    path = folder / f"sub-{subject}" / f"sub-{subject}_ses-s{number}_ecephys.nwb"
    path.parent.mkdir()
    written = edit(write(folder, number), lambda file: set_text(file, "general/subject/subject_id", subject))
    return written.rename(path)
