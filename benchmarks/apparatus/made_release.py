"""A release of many made-up sessions: the bundled sample again and again, under numbers of their own."""

import csv
import hashlib
import json
import re
import shutil
from pathlib import Path

import h5py

from nwbgate.samples.visual_behavior import MANIFEST, PROJECT, make_release

#: Of twenty sessions, seventeen without imaging, two with one plane and one with two, as numbers of the sample.
_PAIR = ("1900011401", "1900011501")
MIXTURE = (*_PAIR, "1900011201", *_PAIR, "1900011001", *_PAIR * 3, "1900011201", *_PAIR * 3, "1900011401")


def make_sessions(folder: Path, sessions: int) -> list[Path]:
    """Write a release of made-up sessions into ``web``, as a server has it; return its data files."""
    sample = folder / "sample"
    make_release(sample)
    tables = {path.stem: read(path) for path in (sample / PROJECT / "project_metadata").glob("*.csv")}
    grown: dict[str, list[dict[str, str]]] = {name: [] for name in tables}
    files: list[Path] = []
    for number in range(sessions):
        original, offset = MIXTURE[number % len(MIXTURE)], 100_000 * (number + 1)
        for name, rows in tables.items():
            for row in rows:
                if row.get("behavior_session_id") == original:
                    new = {key: renumbered(value, offset) for key, value in row.items()}
                    if row.get("file_id", "-999") != "-999":
                        new["file_id"] = str(len(files))
                        source = file_of(sample / PROJECT, row)
                        target = folder / "web" / PROJECT / source.parent.name / renumbered(source.name, offset)
                        copy_renumbered(source, target, offset)
                        files.append(target)
                    grown[name].append(new)
    place = folder / "web" / PROJECT / "project_metadata"
    for name, rows in grown.items():
        write(place / f"{name}.csv", list(tables[name][0]), rows)
    manifest = json.loads((sample / MANIFEST).read_text())
    for entry in manifest["metadata_files"].values():
        entry["file_hash"] = blake2b(place / entry["url"].rpartition("/")[2])
    manifest["data_files"] = {str(number): entry_of(path, folder / "web") for number, path in enumerate(files)}
    (folder / "web" / MANIFEST).parent.mkdir(parents=True)
    (folder / "web" / MANIFEST).write_text(json.dumps(manifest))
    return files


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table as text."""
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def write(path: Path, columns: list[str], rows: list[dict[str, str]]) -> None:
    """Write the rows of a table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(rows)


def renumbered(text: str, offset: int) -> str:
    """Return a text whose numbers of sessions and experiments are others."""
    return re.sub(r"19000\d{5}", lambda found: str(int(found[0]) + offset), text)


def file_of(folder: Path, row: dict[str, str]) -> Path:
    """Return the file of a row of the tables."""
    experiment = row.get("ophys_experiment_id", "")
    if experiment.isdecimal():
        return folder / "behavior_ophys_experiments" / f"behavior_ophys_experiment_{experiment}.nwb"
    return folder / "behavior_sessions" / f"behavior_session_{row['behavior_session_id']}.nwb"


def copy_renumbered(source: Path, target: Path, offset: int) -> None:
    """Copy a file of the release, with other numbers in it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    with h5py.File(target, "r+") as file:
        about = file["general/metadata"].attrs
        for name in ("behavior_session_id", "ophys_session_id", "ophys_experiment_id"):
            if name in about:
                about.modify(name, about[name] + offset)
        del file["identifier"]
        file["identifier"] = target.stem.rpartition("_")[2]


def entry_of(path: Path, web: Path) -> dict[str, str]:
    """Return the entry of a file in the manifest."""
    return {"url": f"https://server/{path.relative_to(web)}", "version_id": "", "file_hash": blake2b(path)}


def blake2b(path: Path) -> str:
    """Return the digest of a file, as the release publishes it."""
    return hashlib.blake2b(path.read_bytes()).hexdigest()
