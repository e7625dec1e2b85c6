"""`nwbgate convert visual-behavior`: each of its options shown working and refusing, on the small release."""

import h5py
import pytest

from nwbgate.cli import main
from nwbgate.samples.visual_behavior import make_release

IMAGED, PASSIVE, GRATINGS, FLASHED = "1900011001", "1900011201", "1900011401", "1900011501"


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    make_release(folder)
    return folder


@pytest.fixture
def run(release, tmp_path, capsys):
    """Convert the release, and return exit code, standard output and standard error."""

    def run(*arguments, sources=(release,)):
        output = ["--output", str(tmp_path / "nwb")]
        code = main(["convert", "visual-behavior", *map(str, sources), *output, *map(str, arguments)])
        return code, *capsys.readouterr()

    return run


def rows(out):
    """Return the first two columns of the table: session and status."""
    table = out.split("\n\n")[0].splitlines()[1:]
    return [tuple(cell.strip() for cell in line.split("  ") if cell.strip())[:2] for line in table]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], [IMAGED, PASSIVE, GRATINGS, FLASHED]),
        (["--sessions", f"{GRATINGS},{PASSIVE}"], [PASSIVE, GRATINGS]),
        (["--sessions", "1900011002"], [IMAGED]),  # its ophys_session_id
        (["--mouse", "453988"], [PASSIVE, GRATINGS, FLASHED]),
        (["--project-code", "VisualBehaviorMultiscope"], [IMAGED]),
        (["--mouse", "453988", "--where", "session_number == 5 and sex in ('M', 'F')"], [PASSIVE]),
        (["--layout", "plane", "--mouse", "457841"], [IMAGED, IMAGED]),
    ],
)
def test_filters_choose_what_would_be_converted(run, tmp_path, arguments, expected):
    code, out, _ = run("--dry-run", *arguments)
    assert code == 0
    assert rows(out) == [(session, "would convert") for session in expected]
    assert not (tmp_path / "nwb").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--sessions", "1900011402"], "choose from those of the table: 1900011001, "),
        (["--sessions", f"{GRATINGS},17"], "the table has no session '17'"),
        (["--mouse", "1"], "the table has no mouse_id '1'"),
        (["--project-code", "VisualBehaviour"], "did you mean 'VisualBehavior"),
        (["--where", "colour == 'red'"], "its columns are behavior_session_id"),
        (["--where", "sex =="], "invalid syntax"),
        (["--where", "sex"], "invalid query"),
        (["--mouse", "457841", "--sessions", GRATINGS], "no session matches the filters"),
        (["--mouse", ""], "a filter has no value"),
        (["--layout", "cell"], "'cell' is not one of 'session', 'plane'"),
        (["--events", "list"], "'list' is not one of 'table', 'series'"),
        (["--timezone", "Seattle"], "unknown time zone"),
        (["--jobs", "0"], "--jobs"),
        (["--sesions", GRATINGS], "--sessions"),
    ],
)
def test_a_filter_or_option_that_fits_nothing_exits_with_2(run, tmp_path, arguments, said):
    code, _, err = run(*arguments)
    assert code == 2
    assert said in err
    assert not (tmp_path / "nwb").exists()


def test_a_session_is_converted_once_and_again_when_asked_for(run, tmp_path):
    arguments = ("--sessions", FLASHED, "--timezone", "America/Los_Angeles", "--events", "series")
    assert run(*arguments)[0] == 0
    (path,) = (tmp_path / "nwb").rglob("*.nwb")
    with h5py.File(path) as file:
        assert "America/Los_Angeles" in file["general/notes"].asstr()[()]
        assert "licks" in file["processing/behavior"]
    assert rows(run(*arguments)[1]) == [(FLASHED, "skipped")]
    assert rows(run(*arguments, "--dry-run", "--overwrite")[1]) == [(FLASHED, "would convert")]
    assert rows(run(*arguments, "--overwrite", "--jobs", "2")[1]) == [(FLASHED, "converted")]


def test_files_are_converted_by_plane_and_have_no_tables_to_filter(run, release):
    planes = sorted(release.rglob("behavior_ophys_experiment_190001101*.nwb"))
    code, out, _ = run("--layout", "plane", "--dry-run", sources=planes)
    assert code == 0
    assert [line.rsplit("_desc-")[1] for line in out.splitlines() if "_desc-" in line] == [
        "1900011010_behavior+image+ophys.nwb",
        "1900011012_behavior+image+ophys.nwb",
    ]
    code, _, err = run("--mouse", "457841", sources=planes)
    assert code == 2
    assert "files have no tables to filter" in err


def test_a_failed_session_exits_with_1_and_the_next_is_converted(run, release, tmp_path):
    bad, good = (tmp_path / name for name in ("bad.nwb", "behavior_session_1900011401.nwb"))
    bad.write_text("mouse")
    good.write_bytes(next(release.rglob(good.name)).read_bytes())
    code, out, _ = run(sources=(bad, good))
    assert code == 1
    assert rows(out) == [(GRATINGS, "converted"), ("bad", "failed")]
    assert "bad failed: this is not an NWB file\n  where: " in out
    assert out.splitlines()[-1].startswith("1 converted, 1 failed")
