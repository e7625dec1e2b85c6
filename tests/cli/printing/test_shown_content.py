"""What `nwbgate show` prints, made within limits of time and memory."""

import re

import pytest
from click.testing import CliRunner

from nwbgate.cli.printing.shown_content import ShowWork
from nwbgate.cli.verbs.show import show
from nwbgate.errors import NwbgateError, SourceError
from nwbgate.processes.limits import OverLimitError
from support.any_nwb_file import make_nwb_file


@pytest.fixture
def file(tmp_path):
    return str(make_nwb_file(tmp_path / "any.nwb"))


def shown(*arguments):
    result = CliRunner().invoke(show, arguments)
    return result.output, result.exception


def test_the_summary_within_limits_is_the_one_without(file):
    assert shown(file, "--file-time", "600", "--file-memory", "4000") == shown(file)


def test_a_table_within_limits_is_the_one_without(file):
    table = next(line.split()[0] for line in shown(file)[0].splitlines() if line.startswith("  "))
    assert shown(file, table, "--csv", "--file-time", "600") == shown(file, table, "--csv")


@pytest.mark.parametrize(("option", "said"), [("--file-time", "0.001 s"), ("--file-memory", "0.001 MB")])
def test_a_file_over_a_limit_is_given_up_by_name(file, option, said):
    _, error = shown(file, option, "0.001")
    assert isinstance(error, OverLimitError)
    assert f"given up: it took over {said}" in str(error)
    assert error.where == file


def test_an_unreadable_file_is_the_same_error_within_limits(tmp_path):
    path = tmp_path / "broken.nwb"
    path.write_bytes(b"no HDF5")
    texts = [str(shown(str(path), *limit)[1]) for limit in ((), ("--file-time", "600"))]
    assert texts[0] == texts[1]


def test_an_error_of_ours_is_raised_as_it_is():
    with pytest.raises(SourceError, match="no table"):
        ShowWork("a.nwb", None).lost(SourceError("no table"))


def test_a_file_with_a_damaged_group_is_an_error_that_names_it(tmp_path):
    content = make_nwb_file(tmp_path / "any.nwb").read_bytes()
    path, places = tmp_path / "damaged.nwb", [node.start() for node in re.finditer(b"SNOD", content)]
    assert places
    named = []
    for place in places:  # each is the list of the members of a group
        path.write_bytes(content[:place] + b"????" + content[place + 4 :])
        try:
            ShowWork(str(path), None).run()
        except NwbgateError as error:
            named.append(error.where)
    assert named
    assert all(str(path) in where for where in named)
