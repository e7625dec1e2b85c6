"""The whole release converted through the command line, and its tables beside those that AllenSDK returns."""

import json
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest

from nwbgate.reading.facts.imaging.planes import plane_names
from nwbgate.reading.format.session_table import find_table
from support.converted_sessions import made_once
from support.places import ROOT

BIN = Path(sys.executable).parent
SHARED = ROOT / ".." / "shared" / "data"
EXPERIMENTS = (1900011010, 1900011011, 1900011012, 1900011110, 1900011210)
SESSIONS = (1900011301, 1900011401, 1900011501)
FILES = [
    *(f"behavior_ophys_experiment_{number}" for number in EXPERIMENTS),
    *(f"behavior_session_{number}" for number in SESSIONS),
]
#: What AllenSDK calls a column of ours.
RENAMED = {"stop_time": "end_time"}


def shared(*parts: str) -> Path:
    """Return a path of the development data beside the checkout, or skip the test where it is absent."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"development data not here: {'/'.join(parts)}")
    return path


def run(*command: object) -> subprocess.CompletedProcess[str]:
    program, *arguments = map(str, command)
    return subprocess.run([str(BIN / program), *arguments], capture_output=True, text=True, check=False)


def convert(release: Path, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return run("nwbgate", "convert", "visual-behavior", release, "--output", folder, *options)


def converted_by_command(folder: Path) -> Path:
    """Return a folder with all sessions of the release, each in one file; converted once per test run.

    Parameters
    ----------
    folder : pathlib.Path
        Where it is, or will be; ``tmp_path_factory.getbasetemp()``.
    """
    return made_once(folder / "release_by_command", _convert_release) / "nwb"


def _convert_release(folder: Path) -> None:
    result = convert(shared("visual_behavior_release"), folder / "nwb")
    assert result.returncode == 0, result.stdout + result.stderr


def table(path, name, plane=None):
    """Return a table of a written file, of one plane where it is said; None where the file has none."""
    with h5py.File(path) as file:
        known = plane_names(file, "standard")
        of_plane = {address: each for address, each in known.items() if plane is None or each == plane}
        found = find_table(file, name, "standard", of_plane)
        return None if found is None else found.frame


def expected(name, part):
    path = shared("visual_behavior_expected", name) / part
    if path.suffix == ".parquet":
        pytest.importorskip("pyarrow")
        return pd.read_parquet(path)
    return np.load(path) if path.suffix == ".npz" else json.loads(path.read_text())


def plain(values, missing=None):
    """Return values as a list in which equal meanings are equal: texts, numbers, None for what is not there."""
    out = []
    for value in values:
        if isinstance(value, list | tuple | np.ndarray):
            out.append(plain(value))
        elif pd.isna(value) or value == "" or (missing is not None and value == missing):
            out.append(None)
        else:
            out.append(value.item() if hasattr(value, "item") else value)
    return out


def assert_equal_columns(ours, theirs, columns, missing=None):
    assert len(ours) == len(theirs)
    for column in columns:
        source = theirs[RENAMED.get(column, column) if column not in theirs else column]
        found = ours[column]
        if pd.api.types.is_float_dtype(source.dtype) and pd.api.types.is_float_dtype(found.dtype):
            np.testing.assert_array_equal(found.to_numpy(), source.to_numpy(), err_msg=column)
        else:
            assert plain(found, missing) == plain(source, missing), column
