"""Every verb that writes, with sources small enough to be run thousands of times, and older outputs to be kept."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nwbgate
from nwbgate.dandi import init
from nwbgate.samples.dataset_ii import make_recordings
from nwbgate.samples.visual_behavior import make_release
from support.browsed_files import write_recording
from support.hostile_sources import HOSTILE_RECIPE, make_hostile
from support.made_nwb_files import write
from support.two_photon_task import make_sources

_RELEASED = Path(nwbgate.__file__).parent / "samples" / "released"
_SESSION = _RELEASED / "behavior_session_1900011501.nwb"
_OLDER = "Subject: {description: An older description.}\n"


@dataclass(frozen=True)
class Verb:
    """A command line, and where it runs.

    Attributes
    ----------
    name : str
        What it is called in the table.
    words : tuple of str
        Arguments of ``nwbgate``; SERVER stands for the address of the served release.
    make : callable
        Writes its sources into a folder, in which it then runs; outputs go to ``out`` in it.
    before : tuple of str
        Arguments that make older outputs; empty where the same command does.
    fresh : bool
        Whether it runs only where there is no older output.
    """

    name: str
    words: tuple[str, ...]
    make: Callable[[Path], object]
    before: tuple[str, ...] = ()
    fresh: bool = False


def _session(folder: Path) -> None:
    shutil.copy(_SESSION, folder / "session.nwb")


def _stored(folder: Path) -> None:
    shutil.copy(_SESSION, folder / "out" / "session.nwb")


def _hostile(folder: Path) -> None:
    make_hostile(folder / "sources", a="fine", b="fine")
    (folder / "older.yaml").write_text(_OLDER)


def _recordings(folder: Path) -> None:
    make_recordings(folder / "sources", recordings=1, seconds=4.0, sampling_rate=5000.0)
    (folder / "older.yaml").write_text(_OLDER)


def _published(folder: Path) -> None:
    write(folder / "out")


def _planned(folder: Path) -> None:
    _published(folder)
    init(folder / "out", "000711", contact="Doe, Jane <jane@example.org>", licence=["CC-BY-4.0"], jobs=1)


def _recording(folder: Path) -> None:
    write_recording(folder / "a.nwb", seconds=2)


def _lab(folder: Path) -> None:
    make_sources(folder / "lab")


def served_release(folder: Path) -> Path:
    """Write the release that is fetched."""
    make_release(folder)
    return folder


_FORMATS = tuple(f"--format={form}=out/report.{form}" for form in ("text", "jsonl", "junit", "sarif", "github", "html"))
_CONVERT = ("convert", str(HOSTILE_RECIPE), "sources", "--output", "out")
_DATASET = ("convert", "dataset-ii", "sources", "--output", "out")
_DANDI = ("--contact", "Doe, Jane <jane@example.org>", "--licence", "CC-BY-4.0", "--jobs", "1")
_PAGES = ("browse", "a.nwb", "--overwrite", "--export")

VERBS = {
    verb.name: verb
    for verb in (
        Verb("convert", _CONVERT, _hostile, (*_CONVERT, "--metadata", "older.yaml")),
        Verb("convert --qc", (*_DATASET, "--qc"), _recordings, (*_DATASET, "--metadata", "older.yaml", "--qc")),
        Verb("check --format", ("check", "session.nwb", "--jobs", "1", *_FORMATS), _session),
        Verb("check", ("check", "session.nwb", "--jobs", "1", "--no-inspector"), _session, fresh=True),
        Verb("qc --output", ("qc", "session.nwb", "--output", "out", "--jobs", "1"), _session),
        Verb("qc --store", ("qc", "out/session.nwb", "--store", "--jobs", "1"), _stored, fresh=True),
        Verb(
            "sample", ("sample", "dataset-ii", "out", "--recordings=2", "--seconds=2", "--overwrite"), _session,
            ("sample", "dataset-ii", "out", "--recordings=2", "--seconds=3", "--seed=1"),
        ),
        Verb(
            "show --csv", ("show", "session.nwb", "trials", "--output", "out/t.csv", "--overwrite"), _session,
            ("show", "session.nwb", "licks", "--output", "out/t.csv"),
        ),
        Verb(
            "show --parquet", ("show", "session.nwb", "trials", "--output", "out/t.parquet", "--overwrite"), _session,
            ("show", "session.nwb", "licks", "--output", "out/t.parquet"),
        ),
        Verb("facts", ("facts", "session.nwb", "--csv"), _session, fresh=True),
        Verb(
            "fetch", ("fetch", "visual-behavior", "out", "--base-url", "SERVER", "--sessions", "1900011401,1900011501"),
            _session, ("fetch", "visual-behavior", "out", "--base-url", "SERVER", "--sessions", "1900011401"),
        ),
        Verb("dandi init", ("dandi", "init", "out", "--dandiset", "000711", *_DANDI), _published, fresh=True),
        Verb("dandi plan", ("dandi", "plan", "out", "--offline", "--jobs", "1"), _planned),
        Verb(
            "init recipe",
            ("init", "recipe", "out/mine", "--interfaces", "CsvTimeIntervals", "--example", "lab/anna/day1"),
            _lab, fresh=True,
        ),
        Verb("init spec", ("init", "spec", "lab/sessions.csv", "--output", "out/spec"), _lab, fresh=True),
        Verb("init qc", ("init", "qc", "session.nwb", "--output", "out/criteria"), _session, fresh=True),
        Verb("browse --export page", (*_PAGES, "out/a.html"), _recording),
        Verb("browse --export folder", (*_PAGES, "out/pages"), _recording),
    )
}  # fmt: skip


def _many_sources(folder: Path) -> None:
    make_hostile(folder / "sources", **{f"s{number}": "pause" for number in range(6)})


def _many_sessions(folder: Path) -> None:
    for number in range(6):
        shutil.copy(_SESSION, folder / f"{number}.nwb")


#: Verbs whose work is shared by two processes.
SHARED = (
    Verb("convert --jobs 2", (*_CONVERT, "--jobs", "2"), _many_sources),
    Verb("check --jobs 2", ("check", ".", "--select", "file,schema", "--jobs", "2"), _many_sessions),
    Verb("qc --jobs 2", ("qc", ".", "--output", "out", "--jobs", "2"), _many_sessions),
)
