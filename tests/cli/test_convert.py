"""`nwbgate convert`: options, tables, exit codes, and runs that are killed, full or repeated."""

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np
import pytest

from nwbgate.cli import main
from nwbgate.conversion import ledger
from nwbgate.conversion.recipe import shipped_recipes
from nwbgate.writing import provenance

CONVERSION = Path(__file__).parents[1] / "conversion"
THIRD_RECIPE, HOSTILE_RECIPE = CONVERSION / "third_recipe", CONVERSION / "hostile_recipe"


def make_hostile(folder: Path, **behaviours: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, behaviour in behaviours.items():
        (folder / f"{name}.txt").write_text(behaviour)
    return folder


def convert(*arguments: object) -> int:
    return main(["convert", *map(str, arguments)])


def heed_interrupts() -> None:
    """Undo, in a process about to start, that a shell makes what it runs in the background deaf to interrupts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def process(*arguments: object, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "nwbgate", "convert", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def content(path: Path) -> dict[str, object]:
    """Every dataset and attribute, apart from ids, dates and the cached specifications."""
    found: dict[str, object] = {}

    def keep(name, thing):
        if not name.startswith("specifications") and name != "file_create_date":
            attributes = {key: str(value) for key, value in thing.attrs.items() if key != "object_id"}
            found[name] = (attributes, str(np.asarray(thing).tolist()) if isinstance(thing, h5py.Dataset) else "")

    with h5py.File(path) as file:
        file.visititems(keep)
    return {name: value for name, value in found.items() if "<HDF5 object reference>" not in str(value)}


@pytest.fixture
def sources(tmp_path):
    return make_hostile(tmp_path / "sources", a="fine", b="fine")


def test_a_folder_is_converted_and_everything_is_said(sources, tmp_path, capsys):
    assert convert(HOSTILE_RECIPE, sources, "--output", tmp_path / "nwb") == 0
    captured = capsys.readouterr()
    lines = captured.out.splitlines()
    assert lines[0].split() == ["session", "status", "time", "size", "file"]
    assert lines[1].split()[:2] == ["a", "converted"]
    assert lines[1].endswith("sub-rat7/sub-rat7_ses-a.nwb")
    assert lines[-1].startswith(f"2 converted, in {tmp_path / 'nwb'}")
    assert "[2/2] b: converted" in captured.err


def test_a_second_run_skips_everything(sources, tmp_path, capsys):
    convert(HOSTILE_RECIPE, sources, "--output", tmp_path / "nwb")
    before = {name: (tmp_path / "nwb" / name).stat().st_mtime_ns for name in files(tmp_path / "nwb") if name[0] != "."}
    assert convert(HOSTILE_RECIPE, sources, "--output", tmp_path / "nwb") == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("2 skipped")
    assert {name: (tmp_path / "nwb" / name).stat().st_mtime_ns for name in before} == before
    assert convert(HOSTILE_RECIPE, sources, "--output", tmp_path / "nwb", "--overwrite") == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("2 converted")


def test_a_failed_session_is_1_and_its_reason_is_said(sources, tmp_path, capsys):
    make_hostile(sources, b="refuse", c="crash", d="exclude", e="remark")
    assert convert(HOSTILE_RECIPE, sources, "--output", tmp_path / "nwb") == 1
    captured = capsys.readouterr()
    assert (
        f"b failed: refused\n  where: {sources / 'b.txt'}\n  got: a\n  expected: b\n  what to do: c\n" in captured.out
    )
    assert "ValueError: crashed" in captured.out
    assert "d excluded: not wanted" in captured.out
    assert "e: remarkable" in captured.out
    assert "2 converted, 1 excluded, 2 failed" in captured.out.splitlines()[-1]
    assert "Traceback" not in captured.out + captured.err


def test_debug_shows_where_a_converter_crashed(tmp_path, capsys):
    folder = make_hostile(tmp_path / "sources", a="crash")
    assert main(["--debug", "convert", str(HOSTILE_RECIPE), str(folder), "--output", str(tmp_path / "nwb")]) == 1
    assert "hostile.py" in capsys.readouterr().out


def test_a_session_that_fails_by_our_fault_is_3(sources, tmp_path, capsys):
    make_hostile(sources, b="bug")
    assert convert(HOSTILE_RECIPE, sources, "--output", tmp_path / "nwb") == 3
    assert "nwbgate broke" in capsys.readouterr().out


def test_a_dry_run_writes_nothing(sources, tmp_path, capsys):
    assert convert(HOSTILE_RECIPE, sources, "--output", tmp_path / "nwb", "--dry-run") == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("2 would convert")
    assert not (tmp_path / "nwb").exists()


def test_a_hidden_change_is_seen_with_verify_sources(sources, tmp_path, capsys):
    arguments = (HOSTILE_RECIPE, sources / "a.txt", "--output", tmp_path / "nwb")
    convert(*arguments)
    status = (sources / "a.txt").stat()
    (sources / "a.txt").write_text("good")
    os.utime(sources / "a.txt", ns=(status.st_atime_ns, status.st_mtime_ns))
    convert(*arguments)
    assert capsys.readouterr().out.splitlines()[-1].startswith("1 skipped")
    convert(*arguments, "--verify-sources")
    assert capsys.readouterr().out.splitlines()[-1].startswith("1 converted")


def test_metadata_of_a_file_reach_the_sessions(sources, tmp_path):
    (tmp_path / "mine.yaml").write_text("NWBFile: {lab: My lab}\n")
    arguments = ("--output", tmp_path / "nwb", "--metadata", tmp_path / "mine.yaml")
    assert convert(HOSTILE_RECIPE, sources, *arguments) == 0
    with h5py.File(tmp_path / "nwb" / "sub-rat7" / "sub-rat7_ses-a.nwb") as file:
        assert file["general/lab"].asstr()[()] == "My lab"


def test_a_typing_error_in_metadata_is_2_and_names_the_right_key(sources, tmp_path, capsys):
    (tmp_path / "mine.yaml").write_text("NWBFile: {institutoin: Mine}\n")
    arguments = ("--output", tmp_path / "nwb", "--metadata", tmp_path / "mine.yaml")
    assert convert(HOSTILE_RECIPE, sources, *arguments) == 2
    said = capsys.readouterr().err
    assert "NWBFile.institutoin" in said
    assert "did you mean 'NWBFile.institution'" in said
    assert not (tmp_path / "nwb").exists()


@pytest.mark.parametrize(
    ("metadata", "where", "expected"),
    [
        (
            "NWBFile: {session_start_time: yesterday}",
            "NWBFile.session_start_time",
            "an ISO 8601 date and time, such as",
        ),
        ("NWBFile: {session_start_time: '2019-03-01T10:00:00'}", "NWBFile.session_start_time", "offset from UTC"),
        ("NWBFile: {session_start_time: 2019-03-01 10:00:00}", "NWBFile.session_start_time", "no time zone"),
        ("NWBFile: {session_start_time: 2019-03-01}", "NWBFile.session_start_time", "an ISO 8601 date and time"),
        ("Subject: {date_of_birth: never}", "Subject.date_of_birth", "an ISO 8601 date and time"),
        ("Subject: {sex: male}", "Subject.sex", "one of M, F, U, O"),
        ("Subject: {species: mouse}", "Subject.species", "text that matches ^[A-Z]"),
        ("Subject: {age: 5}", "Subject.age", "expected: text"),
        ("NWBFile: {session_start_time: 2019-13-45}", "line 1, column 31", "month must be in 1..12"),
        ("NWBFile: {? [a] : b}", "line 1", "unhashable key"),
    ],
)
def test_a_bad_value_in_metadata_is_2_and_says_what_belongs_there(metadata, where, expected, sources, tmp_path, capsys):
    (tmp_path / "mine.yaml").write_text(metadata + "\n")
    arguments = ("--output", tmp_path / "nwb", "--metadata", tmp_path / "mine.yaml")
    assert convert(HOSTILE_RECIPE, sources, *arguments) == 2
    said = capsys.readouterr().err
    assert where in said
    assert expected in said
    assert not (tmp_path / "nwb").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such-recipe", "."], "no-such-recipe"),
        ([HOSTILE_RECIPE, "gone"], "gone"),
        ([HOSTILE_RECIPE, "empty"], "*.txt"),
        ([HOSTILE_RECIPE, "sources", "--jobs", "0"], "--jobs"),
        ([HOSTILE_RECIPE, "sources", "--threads", "0"], "--threads"),
        ([HOSTILE_RECIPE, "sources", "--metadata", "gone.yaml"], "gone.yaml"),
        ([HOSTILE_RECIPE, "sources", "--unknwon", "x"], "--unknown"),
        ([HOSTILE_RECIPE], "SOURCE"),
    ],
)
def test_a_bad_command_line_is_2(arguments, said, sources, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    assert convert(*arguments, "--output", tmp_path / "nwb") == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "nwb").exists()


def test_the_output_folder_has_to_be_said(sources, capsys):
    assert convert(HOSTILE_RECIPE, sources) == 2
    assert "--output" in capsys.readouterr().err


def test_help_of_a_recipe_shows_its_options(capsys):
    assert convert(HOSTILE_RECIPE, "--help") == 0
    said = capsys.readouterr().out
    assert "--unknown" in said
    assert "--same" in said
    assert convert("--jobs", "2", HOSTILE_RECIPE, "--help") == 0
    assert "--unknown" in capsys.readouterr().out
    assert convert("--help") == 0
    said = capsys.readouterr().out
    assert "--unknown" not in said
    assert all(name.replace("_", "-") in said for name in shipped_recipes())


def test_help_is_given_even_for_a_recipe_that_is_unknown(capsys):
    assert convert("no-such-recipe", "--help") == 0
    assert "--output" in capsys.readouterr().out


def test_options_of_the_recipe_reach_its_planner(sources, tmp_path, capsys):
    arguments = ("--output", tmp_path / "nwb", "--unknown", "the colour of the mouse")
    assert convert(HOSTILE_RECIPE, sources, *arguments) == 0
    said = capsys.readouterr().out
    assert said.count("the colour of the mouse") == 1
    (tmp_path / "mine.yaml").write_text("NWBFile: {protocol: it says the colour}\n")
    assert convert(HOSTILE_RECIPE, sources, *arguments, "--metadata", tmp_path / "mine.yaml") == 0
    assert "the colour of the mouse" not in capsys.readouterr().out
    assert convert(HOSTILE_RECIPE, sources, "--output", tmp_path / "nwb", "--same") == 2
    assert "one file" in capsys.readouterr().err


def test_an_option_that_hides_one_of_the_command_is_refused(sources, tmp_path, capsys):
    folder = tmp_path / "recipe"
    folder.mkdir()
    for path in HOSTILE_RECIPE.glob("*.*"):
        (folder / path.name).write_text(path.read_text().replace("    same:", "    jobs:"))
    assert convert(folder, sources, "--output", tmp_path / "nwb") == 2
    assert "'jobs'" in capsys.readouterr().err


def test_every_type_of_option_is_understood(sources, tmp_path, capsys):
    folder = tmp_path / "recipe"
    folder.mkdir()
    (folder / "hostile.py").write_text(
        (HOSTILE_RECIPE / "hostile.py")
        .read_text()
        .replace("def plan(", "def plan(sources, options):\n    return []\n\ndef other(")
    )
    (folder / "conversion.yaml").write_text(
        "title: x\nconverter: hostile.py:HostileInterface\nplanner: hostile.py:plan\nsources: {pattern: '*'}\n"
        "output: '{session_id}.nwb'\noptions:\n  properties:\n    shift: {type: number, default: 0.5}\n"
        "    count: {type: integer}\n    kind: {enum: [a, b]}\n    table: {type: string, format: file-path}\n"
    )
    good = ("--shift", "1.5", "--count", "3", "--kind", "b", "--table", sources / "a.txt")
    assert convert(folder, sources, "--output", tmp_path / "nwb", *good) == 0
    assert "nothing to do" in capsys.readouterr().out
    for bad in (("--shift", "x"), ("--count", "1.5"), ("--kind", "c"), ("--table", tmp_path / "gone.csv")):
        assert convert(folder, sources, "--output", tmp_path / "nwb", *bad) == 2, bad
        assert bad[0].removeprefix("--") in capsys.readouterr().err


def test_long_paths_are_not_cut_in_a_pipe(tmp_path):
    folder = make_hostile(tmp_path / "sources", **{"a" * 90: "fine"})
    running = process(HOSTILE_RECIPE, folder, "--output", tmp_path / "nwb", env={**os.environ, "COLUMNS": "40"})
    out, _ = running.communicate(timeout=60)
    assert f"sub-rat7/sub-rat7_ses-{'a' * 90}.nwb\n" in out
    assert "\x1b" not in out


def test_a_killed_run_is_completed_by_the_next_and_equals_an_undisturbed_one(tmp_path):
    folder = make_hostile(tmp_path / "sources", a="large", b="wait", c="large", d="fine")
    killed = process(HOSTILE_RECIPE, folder, "--output", tmp_path / "nwb", start_new_session=True)
    limit = time.monotonic() + 60
    while not (folder / "b.waiting").exists() and time.monotonic() < limit:
        time.sleep(0.05)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    good = tmp_path / "nwb" / "sub-rat7" / "sub-rat7_ses-a.nwb"
    assert [name for name in files(tmp_path / "nwb") if not Path(name).name.startswith(".")] == [
        good.relative_to(tmp_path / "nwb").as_posix()
    ]
    before = good.stat().st_mtime_ns
    make_hostile(folder, b="fine")
    assert convert(HOSTILE_RECIPE, folder, "--output", tmp_path / "nwb") == 0
    assert convert(HOSTILE_RECIPE, folder, "--output", tmp_path / "undisturbed") == 0
    assert good.stat().st_mtime_ns == before
    assert files(tmp_path / "nwb") == files(tmp_path / "undisturbed")
    for name in files(tmp_path / "undisturbed"):
        if name.endswith(".nwb"):
            assert content(tmp_path / "nwb" / name) == content(tmp_path / "undisturbed" / name)


def test_a_run_killed_inside_the_writer_leaves_a_temporary_file_that_the_next_removes(tmp_path):
    folder = make_hostile(tmp_path / "sources", a="fine")
    program = (
        "import os, signal, sys, nwbgate.conversion.session as s\n"
        "from nwbgate.conversion.batch import convert_batch\nfrom nwbgate.conversion.task import Settings\n"
        "die = lambda path: os.kill(os.getpid(), signal.SIGKILL)\n"
        "convert_batch(*sys.argv[1:2], sys.argv[2:3], sys.argv[3], settings=Settings(check=die))\n"
    )
    command = [sys.executable, "-c", program, HOSTILE_RECIPE, folder, tmp_path / "nwb"]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    (left,) = files(tmp_path / "nwb")
    assert Path(left).name.startswith(".sub-rat7_ses-a.nwb")
    assert convert(HOSTILE_RECIPE, folder, "--output", tmp_path / "nwb") == 0
    assert files(tmp_path / "nwb") == [ledger.FILE_NAME, "sub-rat7/sub-rat7_ses-a.nwb"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_disk_that_fills_up_fails_the_session_and_leaves_nothing(jobs, tmp_path):
    folder = make_hostile(tmp_path / "sources", a="large", b="large", c="fine")

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    running = process(HOSTILE_RECIPE, folder, "--output", tmp_path / "nwb", "--jobs", jobs, preexec_fn=limit)
    out, said = running.communicate(timeout=120)
    assert running.returncode == 1, out + said
    assert out.count(" failed: ") == 2
    assert "what to do" in out
    assert "1 converted, 2 failed" in out
    assert files(tmp_path / "nwb") == [ledger.FILE_NAME, "sub-rat7/sub-rat7_ses-c.nwb"]


def test_an_interrupt_is_130_and_leaves_only_whole_files(tmp_path):
    folder = make_hostile(tmp_path / "sources", a="fine", b="wait")
    running = process(
        HOSTILE_RECIPE, folder, "--output", tmp_path / "nwb", start_new_session=True, preexec_fn=heed_interrupts
    )
    limit = time.monotonic() + 60
    while not (folder / "b.waiting").exists() and time.monotonic() < limit:
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "interrupted" in said
    assert "Traceback" not in said
    assert files(tmp_path / "nwb") == [ledger.FILE_NAME, "sub-rat7/sub-rat7_ses-a.nwb"]


def test_processes_give_what_one_process_gives(tmp_path):
    folder = make_hostile(tmp_path / "sources", a="fine", b="refuse", c="fine", d="warn")
    assert convert(HOSTILE_RECIPE, folder, "--output", tmp_path / "one") == 1
    running = process(HOSTILE_RECIPE, folder, "--output", tmp_path / "two", "--jobs", "2", "--threads", "1")
    out, said = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "look at this" in out
    assert "grumbles" not in out + said
    assert files(tmp_path / "one") == files(tmp_path / "two")
    name = "sub-rat7/sub-rat7_ses-a.nwb"
    assert content(tmp_path / "one" / name) == content(tmp_path / "two" / name)
    assert provenance.read(tmp_path / "one" / name) == provenance.read(tmp_path / "two" / name)
