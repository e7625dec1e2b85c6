"""``nwbgate fetch`` says the size first, what became of each file, and exits with what it came to."""

import re
import subprocess
import sys
from time import monotonic, sleep

import pytest

from nwbgate.cli import main
from nwbgate.samples.visual_behavior import make_release
from support.faulty_server import serving

TRAINING = "behavior_session_1900011401.nwb"


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    folder = tmp_path_factory.mktemp("web")
    make_release(folder)
    with serving(folder) as server:
        yield server


@pytest.fixture
def run(web, tmp_path, capsys):
    """Fetch into ``copy``, and return exit code, standard output and standard error."""

    def run(*arguments, url=None):
        code = main(["fetch", "visual-behavior", str(tmp_path / "copy"), "--base-url", url or web.url, *arguments])
        return code, *capsys.readouterr()

    return run


def test_the_size_is_said_first_and_every_file_at_its_end(run, tmp_path):
    code, out, err = run("--mouse", "453988")
    assert code == 0
    first, second, *rest = out.splitlines()
    assert first.endswith("project_manifest_v1.1.0.json: 3 sessions in 3 files")
    assert second == "to fetch: 3 files, 6.3 MB"
    assert rest == [f"present and verified: 3 of 3 files, in {tmp_path / 'copy'}"]
    assert re.search(r"\[1/3\] \S+\.nwb: fetched and verified \(\d+\.\d MB/s, \d+ s left\)", err)
    assert "[3/3]" in err


def test_a_second_run_fetches_nothing(run):
    run("--sessions", "1900011401")
    code, out, err = run("--sessions", "1900011401")
    assert code == 0
    assert "1 file (1 present and verified)" in out
    assert "to fetch: 0 files" in out
    assert "[" not in err


def test_damage_and_what_arrived_before_are_said(run, tmp_path):
    run("--sessions", "1900011401,1900011501")
    path = next((tmp_path / "copy").rglob(TRAINING))
    path.write_bytes(path.read_bytes()[:200_000])
    other = next((tmp_path / "copy").rglob("*1501.nwb"))
    other.rename(other.with_name(other.name + ".part"))
    code, out, _ = run("--sessions", "1900011401,1900011501")
    assert code == 0
    assert "1 present but damaged" in out
    assert "of it already received" in out
    assert "present and verified: 2 of 2 files" in out


def test_a_dry_run_names_the_files_and_writes_nothing(run, tmp_path):
    code, out, _ = run("--dry-run", "--where", "age_in_days < 150")
    assert code == 0
    assert "to fetch: 2 files, 1.8 MB" in out
    assert re.search(rf"visual-behavior-ophys-1.1.0/behavior_sessions/{TRAINING}  \d+\.\d kB", out)
    assert not (tmp_path / "copy").exists()


def test_the_whole_release_is_fetched_only_when_it_is_asked_for(run, tmp_path):
    code, out, err = run()
    assert code == 2
    assert "4 sessions in 5 files" in out
    assert re.search(r"got: 5 files to fetch, \d+\.\d MB", err)
    assert "--all" in err
    assert not (tmp_path / "copy").exists()
    assert run("--dry-run")[0] == 0
    code, out, _ = run("--all")
    assert code == 0
    assert "present and verified: 5 of 5 files" in out
    assert run()[0] == 0  # nothing is left to fetch


def test_a_file_that_fails_is_named_and_the_exit_code_is_1(run, web):
    web.faults[TRAINING] = ["gone"]
    code, out, err = run("--mouse", "453988")
    assert code == 1
    assert f"{TRAINING} failed: the server does not have this" in out
    assert "present and verified: 2 of 3 files, 1 failed" in out
    assert f"{TRAINING}: failed" in err


def test_what_was_fetched_is_what_can_be_converted(run, tmp_path, capsys):
    run("--sessions", "1900011001,1900011401")
    assert (
        main(["convert", "visual-behavior", str(tmp_path / "copy"), "--output", str(tmp_path / "nwb"), "--dry-run"])
        == 0
    )
    out = capsys.readouterr().out
    assert {line.split("  ")[0]: line.split("  ")[1] for line in out.splitlines()[1:5]} == {
        "1900011001": "would convert", "1900011201": "excluded", "1900011401": "would convert", "1900011501": "excluded"
    }  # fmt: skip


def test_a_run_that_is_killed_is_gone_on_with(run, web, tmp_path):
    web.faults[TRAINING] = ["stall"]
    command = [sys.executable, "-m", "nwbgate", "fetch", "visual-behavior", str(tmp_path / "copy")]
    part = tmp_path / "copy" / "visual-behavior-ophys-1.1.0" / "behavior_sessions" / f"{TRAINING}.part"
    with subprocess.Popen([*command, "--base-url", web.url, "--sessions", "1900011401"]) as process:
        deadline = monotonic() + 60
        while not (part.exists() and part.stat().st_size) and monotonic() < deadline:
            sleep(0.05)
        process.kill()
    arrived = part.stat().st_size
    assert arrived > 0
    assert not part.with_suffix("").exists()
    web.requests.clear()
    assert run("--sessions", "1900011401")[0] == 0
    assert web.gets(TRAINING) == [f"bytes={arrived}-"]
    assert part.with_suffix("").exists()
    assert not part.exists()


def test_project_codes_and_version_choose(run):
    code, out, _ = run("--dry-run", "--project-code", "VisualBehaviorMultiscope", "--version", "1.1.0")
    assert code == 0
    assert "1 session in 2 files" in out


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--sessions", "17"], "17"),
        (["--where", "age =="], "invalid query"),
        (["--project-code", "X"], "no project_code 'X'"),
        (["--version", "2.0.0"], "unsupported version"),
        (["--version", "new"], "invalid version"),
        (["--gremlins"], "No such option"),
        ([], "no filter given"),
        (["--all", "--mouse", "453988"], "cannot be combined"),
    ],
)
def test_nonsense_exits_with_2(run, arguments, what):
    code, _, err = run(*arguments)
    assert code == 2
    assert what in err


def test_an_address_that_is_none_exits_with_2(run):
    code, _, err = run(url="ftp://nowhere")
    assert code == 2
    assert "unsupported address" in err


def test_an_unknown_release_exits_with_2(capsys, tmp_path):
    assert main(["fetch", "visual-coding", str(tmp_path)]) == 2
    assert "visual-behavior" in capsys.readouterr().err


def test_a_server_without_the_release_exits_with_1(run, web):
    code, _, err = run(url=f"{web.url}/nowhere")
    assert code == 1
    assert "does not have this" in err


def test_help_names_the_releases_and_its_exit_codes(capsys):
    assert main(["fetch", "--help"]) == 0
    out = capsys.readouterr().out
    assert "Visual Behavior 2P" in out
    assert "Exit code" in out


def test_a_bar_is_shown_on_a_terminal(monkeypatch):
    from io import StringIO

    from rich.console import Console

    from nwbgate.cli.printing import terminal_bar, transfers

    screen = StringIO()
    monkeypatch.setattr(
        terminal_bar, "Console", lambda **_: Console(file=screen, force_terminal=True, width=100, highlight=False)
    )
    with transfers.Transfers(2, 4_000_000, 1_000_000) as shown:
        shown.advance(1_000_000)
        assert shown.pace == "", "what was there before says nothing about the rate"
        shown.advance(2_000_000)
        assert re.fullmatch(r"\d+\.\d MB/s, \d+ s left", shown.pace)
        shown.end("x.nwb", "fetched")
    assert "1 of 2 files" in screen.getvalue()


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0.0 kB"), (999, "1.0 kB"), (1_500_000, "1.5 MB"), (2e9, "2.0 GB"), (1.5e12, "1.5 TB")]
)
def test_sizes_are_said_in_the_unit_that_fits(count, words):
    from nwbgate.cli.printing.transfers import bytes_in_words

    assert bytes_in_words(count) == words


@pytest.mark.slow
def test_a_cluster_fetches_files(run):
    pytest.importorskip("distributed")
    code, out, err = run("--mouse", "453988", "--cluster", "local:1")
    assert code == 0
    assert "present and verified: 3 of 3 files" in out
    assert "[3/3]" in err


def test_an_unknown_cluster_is_refused(run):
    code, _, err = run("--mouse", "453988", "--cluster", "nowhere")
    assert code == 2
    assert "unknown cluster" in err
