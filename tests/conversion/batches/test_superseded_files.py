"""A file that a session has left behind under another name is said; files of others are not."""

import pytest

from nwbgate.conversion.batches.batch import convert_batch
from support.maze_sources import THIRD_RECIPE, make_maze

LEFT = "an earlier conversion of this session still exists"


def converted(sources, output, subject=None):
    metadata = {"Subject": {"subject_id": subject}} if subject else None
    (outcome,) = convert_batch(THIRD_RECIPE, [sources], output, metadata=metadata)
    return outcome


@pytest.fixture
def renamed(tmp_path):
    """Convert a session, then again as another animal's; the sources are given relative to two folders."""
    make_maze(tmp_path / "a" / "s1.csv", subject="rat1")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        first = converted("a", "nwb")
        patch.chdir(tmp_path / "a")
        return first, converted("s1.csv", "../nwb", subject="rat2")


def test_a_file_left_behind_under_another_name_is_named(renamed, tmp_path):
    first, second = renamed
    assert first.remarks == ()
    (remark,) = second.remarks
    assert remark.startswith(LEFT)
    assert "sub-rat1_ses-s1_behavior.nwb" in remark


def test_it_is_named_as_long_as_it_is_there(renamed, tmp_path):
    again = converted(tmp_path / "a", tmp_path / "nwb", subject="rat2")
    assert (again.status.value, len(again.remarks)) == ("skipped", 1)
    (tmp_path / "nwb" / "sub-rat1" / "sub-rat1_ses-s1_behavior.nwb").unlink()
    assert converted(tmp_path / "a", tmp_path / "nwb", subject="rat2").remarks == ()


def test_a_session_of_the_same_name_and_another_source_is_no_such_file(tmp_path):
    for subject in ("rat1", "rat2"):
        make_maze(tmp_path / subject / "s1.csv", subject=subject)
        assert converted(tmp_path / subject, tmp_path / "nwb").remarks == ()


def test_converting_again_under_the_same_name_leaves_nothing_behind(tmp_path):
    make_maze(tmp_path / "a" / "s1.csv", subject="rat1")
    converted(tmp_path / "a", tmp_path / "nwb")
    make_maze(tmp_path / "a" / "s1.csv", subject="rat1", seed=9)
    again = converted(tmp_path / "a", tmp_path / "nwb")
    assert (again.status.value, again.remarks) == ("converted", ())


def test_a_path_that_no_system_has_is_no_such_file(tmp_path):
    """A damaged line of the ledger may hold any text."""
    make_maze(tmp_path / "a" / "s1.csv", subject="rat1")
    converted(tmp_path / "a", tmp_path / "nwb")
    file = tmp_path / "nwb" / ".conversion-ledger.jsonl"
    file.write_text(file.read_text().replace("sub-rat1/sub-rat1_ses-s1_behavior.nwb", "x" * 5000))
    assert converted(tmp_path / "a", tmp_path / "nwb").remarks == ()
