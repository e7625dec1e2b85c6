"""A small simulated Visual Behavior release, laid out as AllenSDK's cache.

The files are simulated and bundled (``released/README.md``); the manifest is made of what is written, so its hashes are
true. ``<dir>/visual-behavior-ophys/`` with ``manifests``, ``project_metadata``, ``behavior_sessions`` and
``behavior_ophys_experiments`` is what ``VisualBehaviorOphysProjectCache.from_local_cache(dir, use_static_cache=True)``
reads, and what a web server gives to ``nwbgate fetch --base-url``.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from importlib.resources import as_file, files
from pathlib import Path

import h5py

from nwbgate.samples.target import writing_sample
from nwbgate.storage.safe_files.atomic import replacing, write_whole
from nwbgate.storage.safe_files.disk import changed_hdf5
from nwbgate.storage.safe_files.refusals import explain_refusals

#: Release whose layout the files have, and its name.
VERSION, PROJECT = "1.1.0", "visual-behavior-ophys"
#: Where the public release is; a manifest names files by their full address.
ADDRESS = "https://visual-behavior-ophys-data.s3.us-west-2.amazonaws.com"
MANIFEST = f"{PROJECT}/manifests/{PROJECT}_project_manifest_v{VERSION}.json"
TABLES = ("behavior_session_table", "ophys_cells_table", "ophys_experiment_table", "ophys_session_table")
#: The NWB files in the order of their file_id in the tables.
NWB_FILES = (
    "behavior_ophys_experiments/behavior_ophys_experiment_1900011010.nwb",
    "behavior_ophys_experiments/behavior_ophys_experiment_1900011012.nwb",
    "behavior_ophys_experiments/behavior_ophys_experiment_1900011210.nwb",
    "behavior_sessions/behavior_session_1900011401.nwb",
    "behavior_sessions/behavior_session_1900011501.nwb",
)
#: A file that is bundled as the differences to another one.
CHANGED = {"behavior_ophys_experiment_1900011012.nwb": "behavior_ophys_experiment_1900011010.nwb"}


def make_release(folder: Path, *, overwrite: bool = False) -> list[Path]:
    """Write the release into a folder.

    Parameters
    ----------
    folder : pathlib.Path
        Made when it does not exist.
    overwrite : bool
        Replace existing files of the same names.

    Returns
    -------
    list of pathlib.Path
        The NWB files, in the order of their numbers in the manifest.

    Raises
    ------
    UsageError
        A file of the same name exists and `overwrite` is false.
    WriteError
        The folder cannot be made or written to.
    """
    tables = [f"{PROJECT}/project_metadata/{table}.csv" for table in TABLES]
    nwb_files = [f"{PROJECT}/{name}" for name in NWB_FILES]
    paths = [folder / name for name in (MANIFEST, *tables, *nwb_files)]
    with writing_sample(folder, paths, "files", overwrite=overwrite):
        for name in (*tables, *nwb_files):
            _write(folder / name)
        _write_manifest(folder, tables, nwb_files)
    return [folder / name for name in nwb_files]


def describe_file(path: Path) -> Mapping[str, str]:
    """Return the session, content and size of a file as a row of text."""
    with h5py.File(path) as file:
        about = file["general/metadata"].attrs
        area = file["general/optophysiology/imaging_plane_1/location"] if "general/optophysiology" in file else None
        plane = f"{area.asstr()[()]}, {about['imaging_depth']} um" if area is not None else "none"
        return {
            "session": str(about["behavior_session_id"]),
            "session type": str(about["session_type"]),
            "imaging plane": plane,
        }


def _write(path: Path) -> None:
    """Copy a bundled file to its place, or derive it from another one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    bundled = files("nwbgate.samples") / "released"
    with replacing(path, overwrite=True) as temporary, explain_refusals(path):
        with as_file(bundled / CHANGED.get(path.name, path.name)) as source:
            shutil.copyfile(source, temporary)
        if path.name in CHANGED:
            with as_file(bundled / f"{path.stem}.changes.h5") as changes:
                _change(temporary, changes)


def _change(path: Path, changes: Path) -> None:
    """Write what is different into a file, in place."""
    with h5py.File(changes) as given, changed_hdf5(path) as file:

        def put(name: str, item: h5py.Group | h5py.Dataset) -> None:
            for key, value in item.attrs.items():
                file[name].attrs.modify(key, value)
            if isinstance(item, h5py.Dataset) and item.shape is not None:
                file[name][...] = item[()]

        put("/", given)
        given.visititems(put)


def _write_manifest(folder: Path, tables: list[str], nwb_files: list[str]) -> None:
    manifest = {
        "project_name": PROJECT,
        "manifest_version": VERSION,
        "metadata_file_id_column_name": "file_id",
        "data_pipeline": [{"name": "AllenSDK", "version": "2.16.2", "comment": "simulated; see nwbgate"}],
        "metadata_files": {Path(name).stem: _entry(folder, name) for name in tables},
        "data_files": {str(number): _entry(folder, name) for number, name in enumerate(nwb_files)},
    }
    path = folder / MANIFEST
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, [(json.dumps(manifest, indent=1) + "\n").encode()])


def _entry(folder: Path, name: str) -> dict[str, str]:
    digest = hashlib.blake2b((folder / name).read_bytes()).hexdigest()
    return {"url": f"{ADDRESS}/{name}", "version_id": "sample", "file_hash": digest}
