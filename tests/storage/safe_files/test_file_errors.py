"""Errors about files of another format say what to do with them."""

import pytest

from nwbgate.storage.safe_files.file_errors import other_format


@pytest.mark.parametrize(
    ("name", "content", "fix"),
    [
        ("sessions.csv", "a,b", "to check tables, name their folder: nwbgate check --manifest"),
        ("sessions.nwb", "<html>", "copy or download it again"),
        ("sessions.nwb", "version https://git-lfs", "fetch the content"),
    ],
)
def test_a_file_of_another_format(tmp_path, name, content, fix):
    (tmp_path / name).write_text(content)
    error = other_format(tmp_path / name)
    assert fix in error.fix
    assert error.where == str(tmp_path / name)
