"""Ledgers survive kills, and are written for folders that exist only."""

import pytest

from nwbgate.json_lines import append_line, read_lines


def test_a_cut_line_is_ended_and_left_out(tmp_path):
    ledger = tmp_path / "ledger"
    ledger.write_text('{"a": 1}\n{"b"')
    append_line(ledger, {"c": 3})
    assert read_lines(ledger) == [{"a": 1}, {"c": 3}]


def test_values_that_are_no_mapping_are_left_out(tmp_path):
    ledger = tmp_path / "ledger"
    ledger.write_text('[1]\n"text"\n{}\n' + "[" * 100_000 + "\n")
    assert read_lines(ledger) == []


def test_no_folder_is_made_for_a_ledger(tmp_path):
    append_line(tmp_path / "absent" / "ledger", {"a": 1})
    assert not [*tmp_path.iterdir()]
    assert read_lines(tmp_path / "absent" / "ledger") == []


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "ledger").symlink_to(tmp_path / "other")
    with pytest.raises(OSError, match="symbolic links"):
        append_line(tmp_path / "ledger", {"a": 1})
    assert not (tmp_path / "other").exists()
