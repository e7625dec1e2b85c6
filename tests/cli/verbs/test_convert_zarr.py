"""`nwbgate convert --backend zarr`: whole stores only, resumed by the ledger, equal to the files of HDF5."""

import signal
import subprocess
import sys
from pathlib import Path

import nwbgate
from nwbgate.cli import main
from nwbgate.conversion.batches import ledger
from support.hostile_sources import HOSTILE_RECIPE, make_hostile

PROGRAM = """
import os, signal, sys
from nwbgate.conversion.batches.batch import convert_batch
from nwbgate.conversion.batches.task import Settings
die = lambda path: os.kill(os.getpid(), signal.SIGKILL)
convert_batch(*sys.argv[1:2], sys.argv[2:3], sys.argv[3], settings=Settings(check=die, backend="zarr"))
"""


def convert(sources: Path, output: Path, *more: str) -> int:
    return main(["convert", str(HOSTILE_RECIPE), str(sources), "--output", str(output), *more])


def there(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.glob("sub-*/*"))


def test_stores_hold_what_files_hold_and_are_skipped_when_done(tmp_path, capsys):
    sources = make_hostile(tmp_path / "sources", a="fine")
    assert convert(sources, tmp_path / "zarr", "--backend", "zarr") == 0
    assert convert(sources, tmp_path / "hdf5") == 0
    assert there(tmp_path / "zarr") == ["sub-rat7/sub-rat7_ses-a.nwb.zarr"]
    (hdf5,), (store,) = (sorted((tmp_path / name).glob("sub-*/*")) for name in ("hdf5", "zarr"))
    assert [pair.differences for pair in nwbgate.diff(hdf5, store).pairs] == [()]
    before = (store / ".zmetadata").stat().st_mtime_ns
    capsys.readouterr()
    assert convert(sources, tmp_path / "zarr", "--backend", "zarr") == 0
    assert "1 skipped" in capsys.readouterr().out
    (tmp_path / "zarr" / ledger.FILE_NAME).unlink()  # then the provenance in the store tells
    assert convert(sources, tmp_path / "zarr", "--backend", "zarr") == 0
    assert "1 skipped" in capsys.readouterr().out
    assert (store / ".zmetadata").stat().st_mtime_ns == before
    assert convert(sources, tmp_path / "zarr", "--backend", "zarr", "--overwrite") == 0
    assert (store / ".zmetadata").stat().st_mtime_ns > before
    assert there(tmp_path / "zarr") == ["sub-rat7/sub-rat7_ses-a.nwb.zarr"]


def test_the_other_format_is_another_file(tmp_path, capsys):
    sources = make_hostile(tmp_path / "sources", a="fine")
    assert convert(sources, tmp_path / "nwb") == 0
    assert convert(sources, tmp_path / "nwb", "--backend", "zarr") == 0
    assert "1 converted" in capsys.readouterr().out
    assert there(tmp_path / "nwb") == ["sub-rat7/sub-rat7_ses-a.nwb", "sub-rat7/sub-rat7_ses-a.nwb.zarr"]


def test_a_killed_run_leaves_no_store_and_the_next_completes_it(tmp_path):
    sources = make_hostile(tmp_path / "sources", a="fine")
    command = [sys.executable, "-c", PROGRAM, HOSTILE_RECIPE, sources, tmp_path / "nwb"]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    (left,) = there(tmp_path / "nwb")
    assert Path(left).name.startswith(".sub-rat7_ses-a.nwb.zarr.nwbgate-")
    assert convert(sources, tmp_path / "nwb", "--backend", "zarr") == 0
    assert there(tmp_path / "nwb") == ["sub-rat7/sub-rat7_ses-a.nwb.zarr"]
