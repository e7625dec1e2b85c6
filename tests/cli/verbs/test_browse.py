"""`nwbgate browse`: what it opens, exports, refuses and prints."""

import json
import re
import signal
import subprocess
import sys
import urllib.request

import pytest

from nwbgate.cli import main
from nwbgate.cli.printing.judgements import judgements
from support.browsed_files import SESSION, write_recording
from support.hostile_sources import heed_interrupts


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    return write_recording(tmp_path_factory.mktemp("recordings") / "a.nwb", seconds=2)


def test_a_folder_is_exported_as_one_file(recording, tmp_path, capsys):
    assert main(["browse", str(recording.parent), "--no-cache", "--export", str(tmp_path / "a.html")]) == 0
    assert re.search(r"a\.html: 1 files, 0\.\d MB", capsys.readouterr().out)
    assert b"mountBrowser" in (tmp_path / "a.html").read_bytes()


def test_an_existing_export_is_kept(recording, tmp_path, capsys):
    (tmp_path / "a.html").write_text("mine")
    assert main(["browse", str(recording), "--no-cache", "--export", str(tmp_path / "a.html")]) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert (tmp_path / "a.html").read_text() == "mine"


@pytest.mark.parametrize("arguments", [[], ["no/such/file.nwb"], ["."], ["x.nwb", "--port", "70000"]])
def test_a_bad_command_line_is_2(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["browse", *arguments]) == 2


def test_a_port_in_use_is_refused(recording, capsys):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert main(["browse", str(recording), "--no-open", "--no-cache", "--port", port]) == 2
    assert "choose another port" in capsys.readouterr().err


def test_it_serves_until_it_is_interrupted(recording):
    command = [sys.executable, "-u", "-m", "nwbgate", "browse", str(recording), "--no-open", "--no-cache"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=heed_interrupts) as running:
        address = running.stdout.readline().strip()
        with urllib.request.urlopen(address + "data/about/0") as answer:
            about = json.load(answer)
        running.send_signal(signal.SIGINT)
        try:
            assert running.wait(20) == 0
        finally:
            running.kill()
    assert (about["kind"], about["findings"]) == ("recording", "not run")


@pytest.mark.slow
def test_findings_are_those_of_a_check():
    found = judgements([SESSION], checked=True, measured=False)[str(SESSION)]
    assert found.checked
    assert not found.measured
    assert all(mark.code and mark.severity in ("error", "warning") for mark in found.marks)
    assert found.words()["quality"] == "not measured"
