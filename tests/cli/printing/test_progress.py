"""How far a batch is: a bar on a terminal, plain lines elsewhere, rates that skipped sessions do not flatter."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import click
import pytest

from nwbgate.cli.printing import progress
from nwbgate.cli.printing.progress import Pace, Progress, summary
from nwbgate.conversion.batches.outcome import SessionOutcome, SessionStatus
from nwbgate.conversion.batches.task import SessionTask
from nwbgate.interfaces.plan import SessionPlan
from support.places import TESTS

HOSTILE_RECIPE = TESTS / "support" / "hostile_recipe"


@pytest.fixture
def sessions(tmp_path):
    """Three sessions with sources of 1, 2 and 3 MB."""
    made = []
    for number in range(3):
        source = tmp_path / f"s{number}.h5"
        source.write_bytes(bytes((number + 1) * 1_000_000))
        plan = SessionPlan(f"s{number}", (source,), {})
        made.append(SessionTask(number, Path("recipe"), plan, tmp_path / "nwb"))
    return made


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still unless it is moved."""
    now = [0.0]
    monkeypatch.setattr(progress, "perf_counter", lambda: now[0])
    return now


def outcome(number: int, status: SessionStatus, **more: object) -> SessionOutcome:
    return SessionOutcome(number, f"s{number}", status, **more)


def test_the_pace_is_that_of_what_was_converted(clock):
    pace = Pace(6_000_000)
    assert str(pace) == ""
    clock[0] = 2.0
    pace.add(outcome(0, SessionStatus.SKIPPED), 2_000_000)
    assert str(pace) == ""
    pace.add(outcome(1, SessionStatus.CONVERTED), 1_000_000)
    assert str(pace) == "0.5 MB/s, 6 s left"
    clock[0] = 4.0
    pace.add(outcome(2, SessionStatus.FAILED), 3_000_000)
    assert str(pace) == "0.2 MB/s, 0 s left"


def test_small_sources_are_counted_in_sessions(clock):
    pace = Pace(10_000)
    clock[0] = 2.0
    pace.add(outcome(0, SessionStatus.CONVERTED), 1_000)
    assert str(pace) == "0.5 sessions/s, 18 s left"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.4, "59 s"), (60, "1 min 0 s"), (3599, "59 min 59 s"), (3700, "1 h 1 min")]
)
def test_durations_are_said_as_people_say_them(seconds, text, clock):
    pace = Pace(2_000_000)
    clock[0] = float(seconds)
    pace.add(outcome(0, SessionStatus.CONVERTED), 1_000_000)
    assert str(pace).endswith(f", {text} left")


def test_each_session_is_a_line_where_there_is_no_terminal(sessions, clock, capsys):
    with Progress([session.source_bytes for session in sessions]) as bar:
        clock[0] = 1.0
        bar.advance(outcome(1, SessionStatus.CONVERTED, seconds=0.96))
        bar.advance(outcome(0, SessionStatus.FAILED, reason="no room\n  where: here"))
        bar.advance(outcome(2, SessionStatus.SKIPPED))
    assert capsys.readouterr().err == (
        "[1/3] s1: converted in 1.0 s (2.0 MB/s, 2 s left)\n"
        "[2/3] s0: failed - no room (2.0 MB/s, 2 s left)\n"
        "[3/3] s2: skipped (2.0 MB/s, 0 s left)\n"
    )


def test_what_is_unknown_is_said_once_of_what_is_written(tmp_path):
    found = [
        outcome(0, SessionStatus.CONVERTED, unknown=("age", "sex")),
        outcome(1, SessionStatus.SKIPPED, unknown=("age",)),
        outcome(2, SessionStatus.FAILED, reason="no room", unknown=("date",)),
    ]
    said = summary(found, tmp_path)
    assert "\nMissing from the sources; written as unknown:\n  age\n  sex (1 of 2)\n\n" in said
    assert "written as unknown" not in summary(found[2:], tmp_path)


def test_the_table_is_in_the_order_of_the_sessions(tmp_path):
    found = [
        outcome(2, SessionStatus.EXCLUDED, reason="not wanted"),
        outcome(
            0, SessionStatus.CONVERTED, seconds=1.25, bytes=2_500_000, path=tmp_path / "nwb" / "a.nwb", remarks=("odd",)
        ),
        outcome(
            1, SessionStatus.FAILED, reason="no room\n  where: here", remarks=("late",), path=tmp_path / "nwb" / "b.nwb"
        ),
    ]
    assert click.unstyle(summary(found, tmp_path / "nwb")) == (
        "session  status     time   size    file\n"
        "s0       converted  1.2 s  2.5 MB  a.nwb\n"
        "s1       failed     0.0 s\n"
        "s2       excluded   0.0 s\n"
        "\ns0: odd\n"
        "\ns1 failed: no room\n  where: here\ns1: late\n"
        "\ns2 excluded: not wanted\n"
        f"\n1 converted, 1 excluded, 1 failed, in {tmp_path / 'nwb'}\n"
    )


def test_a_run_that_only_failed_names_no_folder(tmp_path):
    """The folder is not made for nothing."""
    said = click.unstyle(summary([outcome(0, SessionStatus.FAILED, reason="no room")], tmp_path / "nwb"))
    assert said.endswith("\n1 failed\n")


def test_what_is_said_of_several_sessions_is_said_once(tmp_path):
    found = [
        outcome(0, SessionStatus.CONVERTED, remarks=("no checksums", "odd")),
        outcome(1, SessionStatus.SKIPPED, remarks=("no checksums",)),
        outcome(2, SessionStatus.EXCLUDED, reason="not there"),
        outcome(3, SessionStatus.EXCLUDED, reason="not there"),
    ]
    said = click.unstyle(summary(found, tmp_path))
    assert said.count("no checksums") == said.count("not there") == 1
    assert "\ns0: odd\n\n2 sessions: no checksums\n  s0, s1\n\n2 sessions excluded: not there\n  s2, s3\n" in said
    assert "s2       excluded   0.0 s" in said


def test_a_release_of_which_little_is_there_does_not_drown_what_is(tmp_path):
    found = [
        outcome(0, SessionStatus.CONVERTED),
        *(outcome(n, SessionStatus.EXCLUDED, reason="not there") for n in range(1, 4788)),
    ]
    said = click.unstyle(summary(found, tmp_path)).splitlines()
    assert [line.split()[0] for line in said[:2]] == ["session", "s0"]
    assert said[3] == "4787 sessions excluded: not there"
    assert said[4].startswith("  s1, s2, ")
    assert said[4].endswith("s100 and 4687 more")
    assert said[-1].startswith("1 converted, 4787 excluded")
    only_excluded = summary(found[1:], tmp_path)
    assert only_excluded.startswith("4787 sessions excluded")


def test_excluded_sessions_are_no_part_of_the_way(sessions, tmp_path, clock, capsys):
    with Progress([session.source_bytes for session in sessions], excluded=2) as bar:
        bar.advance(outcome(0, SessionStatus.EXCLUDED, reason="not there"))
        bar.advance(outcome(1, SessionStatus.EXCLUDED, reason="not there"))
        bar.advance(outcome(2, SessionStatus.SKIPPED))
    assert capsys.readouterr().err == "[1/1] s2: skipped\n"


def test_tracebacks_are_shown_on_request(tmp_path):
    found = [outcome(1, SessionStatus.FAILED, reason="no room", traceback="Traceback ...\n")]
    assert "Traceback" not in summary(found, tmp_path)
    assert "\nTraceback ...\n" in summary(found, tmp_path, debug=True)


def test_a_file_outside_the_folder_is_named_whole(tmp_path):
    found = [outcome(0, SessionStatus.CONVERTED, path=Path("/elsewhere/a.nwb"))]
    assert "/elsewhere/a.nwb" in summary(found, tmp_path)


def test_nothing_to_do_is_said(tmp_path):
    assert summary([], tmp_path).splitlines()[-1] == f"nothing to do, in {tmp_path}"


def test_a_terminal_gets_a_bar(tmp_path):
    folder = tmp_path / "sources"
    folder.mkdir()
    for name in "ab":
        (folder / f"{name}.txt").write_text("fine")
    parent, child = pty.openpty()
    command = [sys.executable, "-m", "nwbgate", "convert", HOSTILE_RECIPE, folder, "--output", tmp_path / "nwb"]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=child, env=environment, text=True)
    os.close(child)
    shown = b""
    try:
        while block := os.read(parent, 4096):
            shown += block
    except OSError:  # Linux says so when the other end is closed
        pass
    out, _ = running.communicate(timeout=60)
    assert running.returncode == 0
    assert b"sessions" in shown
    assert "━".encode() in shown
    assert b"left" in shown
    assert b"[1/2]" not in shown
    assert out.splitlines()[-1].startswith("2 converted")
