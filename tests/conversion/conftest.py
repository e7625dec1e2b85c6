"""Sources that tests of a conversion begin with."""

import pytest

from support.maze_sources import make_maze


@pytest.fixture
def source(tmp_path):
    return make_maze(tmp_path / "sources" / "s1.csv")


@pytest.fixture
def numbers(tmp_path):
    path = tmp_path / "numbers" / "1.txt"
    path.parent.mkdir()
    path.write_text("1\n2\n3\n4\n")
    return path
