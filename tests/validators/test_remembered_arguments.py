"""Remembered arguments: bound as HDMF binds them, and refused as HDMF refuses them."""

import subprocess
import sys
from typing import Any

import hdmf.utils
import numpy as np
import pytest
from hdmf.term_set import TermSetWrapper
from hdmf.utils import AllowPositional, docval

from nwbgate.validators.file_findings import file_findings
from nwbgate.validators.remembered_arguments import remembering
from support.made_nwb_files import write

PARSE = getattr(hdmf.utils, "__parse_args")  # no attribute: Python would mangle it in a class


@pytest.fixture
def compared(monkeypatch):
    """Let HDMF's own function and the remembering one answer each call, and compare them; count both kinds."""
    seen = {"remembered": 0, "refused": 0}
    ours = remembering(PARSE)

    def both(specification: list[Any], args: Any, kwargs: dict[str, Any], **switches: Any) -> dict[str, Any]:
        right, got = PARSE(specification, args, kwargs, **switches), ours(specification, args, kwargs, **switches)
        assert list(got["args"]) == list(right["args"])
        for name, value in right["args"].items():
            assert got["args"][name] is value or type(got["args"][name]) is type(value)
        assert all(found == got.get(what, []) for what, found in right.items() if what != "args")
        seen["remembered"] += len(got) == 1
        seen["refused"] += bool(right["type_errors"] or right["value_errors"] or right["syntax_errors"])
        return right

    monkeypatch.setattr(hdmf.utils, "__parse_args", both)
    return seen


@pytest.fixture
def ours(monkeypatch):
    monkeypatch.setattr(hdmf.utils, "__parse_args", remembering(PARSE))


def test_a_file_is_judged_by_the_same_arguments(tmp_path, compared):
    path = write(tmp_path)
    file_findings(path)
    assert compared["remembered"] > 1000


@docval(
    {"name": "number", "type": int, "doc": "a number"},
    {"name": "texts", "type": list, "doc": "texts", "default": []},
    {"name": "where", "type": str, "doc": "a place", "default": None},
    is_method=False,
)
def plain(**kwargs):
    return kwargs


@docval(
    {"name": "data", "type": ("array_data", "data"), "doc": "data", "shape": (None, 2)},
    {"name": "color", "type": str, "doc": "a color", "default": "red", "enum": ["red", "green"]},
    is_method=False,
)
def by_value(**kwargs):
    return kwargs


@docval({"name": "number", "type": int, "doc": "a number"}, allow_positional=AllowPositional.ERROR, is_method=False)
def by_name(**kwargs):
    return kwargs


@docval({"name": "number", "type": int, "doc": "a number"}, allow_extra=True, is_method=False)
def extra(**kwargs):
    return kwargs


def test_values_reach_their_names(ours):
    for number in (1, 2, 3):
        assert plain(number) == {"number": number, "texts": [], "where": None}
        assert plain(number, where=f"{number}") == {"number": number, "texts": [], "where": f"{number}"}
        assert plain(number, [number]) == plain(texts=[number], number=number)
        assert list(plain(where="a", number=number)) == ["number", "texts", "where"]


def test_each_call_has_its_own_default(ours):
    for _ in range(3):
        plain(1)["texts"].append("mine")
    assert plain(1)["texts"] == []


def test_other_types_are_refused_after_right_ones(ours):
    for _ in range(2):
        plain(1)
        with pytest.raises(TypeError, match="incorrect type for 'number'"):
            plain("1")
        with pytest.raises(TypeError, match="None is not allowed"):
            plain(None)
        with pytest.raises(TypeError, match="missing argument"):
            plain()
        with pytest.raises(TypeError, match="got multiple values"):
            plain(1, number=1)
        with pytest.raises(TypeError, match="unrecognized argument"):
            plain(1, other=1)


def test_shapes_and_sets_of_values_are_judged_each_time(ours):
    for _ in range(2):
        assert by_value(data=np.zeros((3, 2)))["color"] == "red"
        with pytest.raises(ValueError, match="incorrect shape"):
            by_value(data=np.zeros((3, 3)))
        with pytest.raises(ValueError, match="forbidden value"):
            by_value(data=np.zeros((3, 2)), color="blue")


def test_positions_are_refused_each_time(ours):
    for _ in range(2):
        assert by_name(number=1) == {"number": 1}
        with pytest.raises(SyntaxError, match="Only keyword"):
            by_name(1)


def test_extra_and_wrapped_values_are_left_to_hdmf(ours):
    wrapped = TermSetWrapper.__new__(TermSetWrapper)
    wrapped._TermSetWrapper__value = 1
    for _ in range(2):
        assert extra(number=1, more=2) == {"number": 1, "more": 2}
        assert plain(wrapped)["number"] is wrapped


def test_only_the_processes_that_check_files_remember():
    code = (
        "import hdmf.utils, nwbgate.validators.file_findings\n"
        "parse = lambda: getattr(hdmf.utils, '__parse_args')\n"
        "assert not hasattr(parse(), 'remembers')\n"
        "import nwbgate.gate.preloaded\n"
        "assert parse().remembers\n"
        "before = parse()\n"
        "from nwbgate.validators.remembered_arguments import remember_arguments\n"
        "remember_arguments()\n"
        "assert parse() is before\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
