"""`check`, `facts` and `qc` read files at addresses in ranges, and say first how much that may be."""

import pytest

from nwbgate.cli import main
from support.made_nwb_files import write
from support.range_server import serving
from support.standard_session import GRATINGS


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    for number in range(2):
        write(folder, number)
    with serving(folder) as found:
        yield found


def names(server):
    return [server.url(f"sub-m1/sub-m1_ses-s{number}_ecephys.nwb") for number in range(2)]


@pytest.mark.slow
def test_addresses_are_checked_by_processes_of_their_own(server, capsys):
    assert main(["check", *names(server), "--jobs", "2"]) == 0
    printed = capsys.readouterr()
    assert "PASSED: no findings in 2 files" in printed.out
    size = sum(file.stat().st_size for file in server.folder.rglob("*.nwb"))
    assert f"2 files at addresses: read in ranges, at most {size / 1e3:.1f} kB" in printed.err


def test_an_address_without_file_is_a_bad_command_line(server, capsys):
    assert main(["check", server.url("absent.nwb")]) == 2
    assert "no such file on the server" in capsys.readouterr().err


def test_facts_of_an_address_name_it(server, capsys):
    assert main(["facts", names(server)[0], "--csv"]) == 0
    assert names(server)[0] in capsys.readouterr().out


def test_quality_of_an_address_is_that_of_the_file(capsys):
    with serving(GRATINGS.parent) as server:
        here = main(["qc", str(GRATINGS), "--jobs", "1"])
        of_file = capsys.readouterr().out
        there = main(["qc", server.url(GRATINGS.name), "--jobs", "1"])
        of_address = capsys.readouterr().out.replace(server.url(GRATINGS.name), str(GRATINGS))
    assert (here, of_file) == (there, of_address)
