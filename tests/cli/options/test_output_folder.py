"""A folder that cannot be written to is refused once, before anything is read."""

import pytest

from nwbgate.cli import main
from nwbgate.cli.options.output_folder import require_writable
from nwbgate.errors import UsageError


@pytest.fixture
def in_the_way(tmp_path):
    file = tmp_path / "taken"
    file.write_text("not a folder")
    return file


@pytest.mark.parametrize("name", ["", "new", "new/below it"])
def test_a_folder_that_can_be_made_is_accepted_and_nothing_is_left(tmp_path, name):
    require_writable(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "new", "new/below it"])
def test_a_file_in_the_path_is_refused(in_the_way, name):
    with pytest.raises(UsageError, match="cannot be written to") as caught:
        require_writable(in_the_way / name)
    assert f"{in_the_way} is not a folder" in caught.value.got
    assert caught.value.expected
    assert caught.value.fix


def test_a_link_to_nothing_is_refused(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "absent")
    with pytest.raises(UsageError, match="cannot be written to"):
        require_writable(tmp_path / "link")


def test_a_folder_in_which_the_system_makes_no_file_is_refused(tmp_path):
    (tmp_path / "link").symlink_to("/proc/self/fd")
    with pytest.raises(UsageError, match="cannot create files"):
        require_writable(tmp_path / "link" / "new")


@pytest.mark.parametrize(
    "arguments",
    [
        ["convert", "dataset-ii", "absent sources", "--output"],
        ["qc", "absent.nwb", "--output"],
        ["sample", "dataset-ii"],
    ],
)
def test_it_is_2_and_said_once_before_sources_are_looked_for(in_the_way, arguments, capsys):
    assert main([*arguments, str(in_the_way / "out")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("cannot be written to") == 1
    assert "absent" not in said.err
