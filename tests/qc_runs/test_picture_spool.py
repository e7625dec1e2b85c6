"""Pictures wait on a disk: they come back as they were, none stays in memory, and nothing is left behind."""

import gc
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nwbgate.errors import UsageError
from nwbgate.qc.pictures.picture import Picture
from nwbgate.qc_runs.pages import write_pages
from nwbgate.qc_runs.picture_spool import PictureSpool
from nwbgate.qc_runs.run import measure_files, run_quality
from nwbgate.qc_runs.tables import MEASUREMENTS, write_table
from support.quality_files import TRAINING, session

FIRST = (Picture("a", "Traces \N{GREEK SMALL LETTER DELTA}F/F", "of all cells", "<svg>a</svg>"),)
SECOND = (Picture("b", "Motion", "over time", "<svg>b</svg>"), Picture("c", "Lag", "in frames", "<svg>c</svg>"))


def alive() -> int:
    gc.collect()
    return sum(isinstance(each, Picture) for each in gc.get_objects())


def test_pictures_come_back_as_often_as_asked_for(tmp_path: Path) -> None:
    spool = PictureSpool(tmp_path)
    first, second = spool.keep(FIRST), spool.keep(SECOND)
    assert tuple(second) == tuple(second) == SECOND
    assert tuple(first) == FIRST
    assert tuple(spool.keep(())) == ()


def test_a_run_holds_no_picture_until_it_is_asked_for(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    training, before = session(tmp_path_factory.getbasetemp(), TRAINING), alive()
    (quality,) = measure_files([training], spool=PictureSpool(tmp_path))
    assert alive() == before
    shown = list(quality.pictures)
    assert alive() == before + len(shown)
    assert "behavior" in {picture.name for picture in shown}


def test_pages_of_an_earlier_run_are_written_again_one_after_the_other(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    training, before = session(tmp_path_factory.getbasetemp(), TRAINING), alive()
    first = run_quality([training], jobs=1, pictures=tmp_path)
    write_table(first.measurements, tmp_path, MEASUREMENTS)
    write_pages(first.judged, first.report, tmp_path)
    again = run_quality(measured_in=tmp_path)
    write_pages(again.judged, again.report, tmp_path / "again", tmp_path)
    assert alive() == before
    page = (tmp_path / f"{training.stem}.html").read_text()
    assert page.count("<svg") >= 2
    assert (tmp_path / "again" / f"{training.stem}.html").read_text() == page


def test_a_run_that_is_killed_leaves_nothing_behind(tmp_path: Path) -> None:
    code = (
        "import os, signal; from pathlib import Path; from nwbgate.qc_runs.picture_spool import PictureSpool\n"
        "from nwbgate.qc.pictures.picture import Picture\n"
        f"kept = PictureSpool(Path({str(tmp_path)!r})).keep([Picture('a', 'b', 'c', 'd' * 100_000)])\n"
        "assert len(next(iter(kept)).svg) == 100_000; os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -signal.SIGKILL
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_yet_is_not_made(tmp_path: Path) -> None:
    assert tuple(PictureSpool(tmp_path / "out" / "qc").keep(FIRST)) == FIRST
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(UsageError, match="cannot store the pictures") as caught:
        PictureSpool(tmp_path / "taken" / "out")
    assert "taken" in caught.value.where


def test_a_disk_without_room_is_said(tmp_path: Path) -> None:
    spool = PictureSpool(tmp_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
    try:
        with pytest.raises(UsageError, match="cannot store the pictures"):
            spool.keep(SECOND)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
