"""The ledger of an output folder: one line per session, whole after kills, silent where there is nothing to say."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import nwbgate
from nwbgate.conversion.batches import ledger
from nwbgate.conversion.batches.outcome import SessionOutcome, SessionStatus


def outcome(name: str = "s1", **more: object) -> SessionOutcome:
    return SessionOutcome(0, name, SessionStatus.CONVERTED, **{"sources": (Path("/data/s1.csv"),), **more})


def test_an_entry_says_what_was_written_from_what_and_when(tmp_path):
    ledger.append(tmp_path, outcome(path=tmp_path / "sub-a" / "a.nwb", bytes=10, seconds=1.23456, remarks=("odd",)))
    (entry,) = ledger.read(tmp_path)
    assert entry.pop("time").endswith("+00:00")
    assert entry == {
        "nwbgate": nwbgate.__version__,
        "session_id": "s1",
        "status": "converted",
        "path": "sub-a/a.nwb",
        "sources": ["/data/s1.csv"],
        "seconds": 1.235,
        "bytes": 10,
        "reason": "",
        "remarks": ["odd"],
    }


def test_an_entry_of_a_failure_says_why(tmp_path):
    ledger.append(tmp_path, SessionOutcome(0, "s1", SessionStatus.FAILED, reason="no room\n  where: x"))
    (entry,) = ledger.read(tmp_path)
    assert (entry["status"], entry["reason"], entry["path"]) == ("failed", "no room\n  where: x", "")


def test_entries_are_added_in_order(tmp_path):
    for name in "abc":
        ledger.append(tmp_path, outcome(name))
    assert [entry["session_id"] for entry in ledger.read(tmp_path)] == ["a", "b", "c"]


def test_a_line_cut_by_a_kill_is_ended_and_passed_over(tmp_path):
    ledger.append(tmp_path, outcome("a"))
    with (tmp_path / ledger.FILE_NAME).open("a") as file:
        file.write('{"session_id": "b", "sta')
    ledger.append(tmp_path, outcome("c"))
    (tmp_path / ledger.FILE_NAME).open("a").write("7\n")
    assert [entry["session_id"] for entry in ledger.read(tmp_path)] == ["a", "c"]


def test_writers_at_the_same_time_do_not_mix_their_lines(tmp_path):
    with ThreadPoolExecutor(8) as executor:
        list(executor.map(lambda number: ledger.append(tmp_path, outcome(str(number), reason="x" * 5000)), range(64)))
    # A writer that comes while another writes may take its line for a cut one: then there is an empty line.
    entries = ledger.read(tmp_path)
    assert sorted(int(entry["session_id"]) for entry in entries) == list(range(64))
    assert {entry["reason"] for entry in entries} == {"x" * 5000}


def test_no_folder_is_made_to_say_that_nothing_was_written(tmp_path):
    ledger.append(tmp_path / "gone", outcome())
    assert not (tmp_path / "gone").exists()
    assert ledger.read(tmp_path / "gone") == []


def test_it_is_hidden_from_those_who_look_for_nwb_files(tmp_path):
    """DANDI's tools pass over hidden files; NWB Inspector looks for this pattern, and opens those, too."""
    ledger.append(tmp_path, outcome())
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == []
    assert list(tmp_path.rglob("*.nwb*")) == []


def test_a_link_of_its_name_is_not_written_through(tmp_path):
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / "nwb").mkdir()
    (tmp_path / "nwb" / ledger.FILE_NAME).symlink_to(victim)
    with pytest.raises(OSError, match="symbolic links"):
        ledger.append(tmp_path / "nwb", outcome())
    assert victim.read_bytes() == b"precious"


@pytest.mark.parametrize(
    ("name", "value"),
    [("path", 1.5), ("path", "a\0b"), ("sources", "a"), ("sources", [{}]), ("files", {"\0": []}), ("bytes", "1"),
     ("unknown", None), ("status", ["converted"]), ("stream", []), ("file", {})],
)  # fmt: skip
def test_a_line_with_a_value_of_another_kind_is_passed_over(tmp_path, name, value):
    ledger.append(tmp_path, outcome("a"))
    ledger.append(tmp_path, outcome("b"), {name: value})
    assert [entry["session_id"] for entry in ledger.read(tmp_path)] == ["a"]
