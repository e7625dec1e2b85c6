"""Errors for people: four parts, an exit code, and whole across process borders."""

import ast
import pickle
from pathlib import Path

import pytest

import nwbgate
from nwbgate import errors

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.NwbgateError)]
SOURCE = Path(nwbgate.__file__).parent


def test_an_error_says_what_where_got_expected_and_what_to_do():
    error = errors.SourceError("dte is missing", where="1.h5:/", got="dff", expected="dte", fix="add it")
    assert str(error).splitlines() == [
        "dte is missing",
        "  where: 1.h5:/",
        "  got: dff",
        "  expected: dte",
        "  what to do: add it",
    ]


def test_a_part_that_was_not_given_is_not_shown():
    assert str(errors.WriteError("no room")) == "no room"


@pytest.mark.parametrize(
    ("word", "known", "advice"),
    [
        ("lba", ["NWBFile", "lab"], "did you mean 'lab'?"),
        ("nwbfile", ["Subject", "NWBFile"], "did you mean 'NWBFile'?"),
        ("LAB", ["lap", "lab"], "did you mean 'lab'?"),
        ("ophys_cells_t", ["ophys_cells_table", "ophys_session_table"], "did you mean 'ophys_cells_table'?"),
        ("visual", ["visual_behavior", "dataset_ii"], "did you mean 'visual_behavior'?"),
        ("103237", ["103236", "103238"], ""),
        ("maze", ["mouse", "name"], ""),
        ("rig", ["NWBFile", "Subject"], ""),
    ],
)
def test_the_nearest_word_may_differ_in_case_alone(word, known, advice):
    assert errors.nearest(word, known) == advice


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_is_pickled_whole(kind):
    error = kind("what", where="where", got="got", expected="expected", fix="fix")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == str(error)


@pytest.mark.parametrize("kind", KINDS)
def test_bad_usage_is_exit_2_and_bad_content_exit_1(kind):
    assert kind.exit_code == (2 if issubclass(kind, errors.UsageError) else 1)


def raised() -> list[tuple[str, set[str]]]:
    """Every place in the source that makes an error of ours, with the parts that it names."""
    names = {kind.__name__ for kind in KINDS}
    return [
        (f"{path.relative_to(SOURCE)}:{node.lineno}", {keyword.arg or "**" for keyword in node.keywords})
        for path in sorted(SOURCE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names
    ]


@pytest.mark.parametrize("part", ["where", "fix"])
def test_every_error_says_where_and_what_to_do(part):
    """Got and expected are said where there is a value; the place and the advice always are."""
    silent = [place for place, parts in raised() if not parts & {part, "**"}]
    assert len(raised()) > 50
    assert not silent, "\n".join(silent)


def test_no_advice_is_empty_where_no_known_name_is_near():
    """`nearest` is empty then, so it never is the whole advice."""
    empty = [
        f"{path.relative_to(SOURCE)}:{node.value.lineno}"
        for path in sorted(SOURCE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.keyword) and node.arg == "fix"
        and isinstance(node.value, ast.Call) and getattr(node.value.func, "id", "") == "nearest"
    ]  # fmt: skip
    assert not empty, "\n".join(empty)
