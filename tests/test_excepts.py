"""Each broad except says beside it why it must catch everything."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import nwbgate

SOURCE = Path(nwbgate.__file__).parent
BROAD = {"Exception", "BaseException"}


def is_broad(caught: ast.expr | None) -> bool:
    """Return whether an except, or a suppress, catches errors of every kind."""
    return caught is None or bool(BROAD & {node.id for node in ast.walk(caught) if isinstance(node, ast.Name)})


def broad_lines(text: str) -> Iterator[int]:
    """Yield the lines of each except and suppress that catches everything."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ExceptHandler) and is_broad(node.type):
            yield node.lineno
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "suppress" and any(map(is_broad, node.args)):
            yield node.lineno


def without_reason(text: str) -> list[int]:
    """Return the lines of broad excepts without a comment on them."""
    lines = text.splitlines()
    return [number for number in broad_lines(text) if "#" not in lines[number - 1]]


def test_each_broad_except_has_its_reason():
    files = {path: path.read_text() for path in SOURCE.rglob("*.py")}
    assert any(list(broad_lines(text)) for text in files.values())
    wrong = [f"{path.relative_to(SOURCE)}:{line}" for path, text in files.items() for line in without_reason(text)]
    assert not wrong


@pytest.mark.parametrize("caught", ["", " Exception", " BaseException as error", " (ValueError, Exception)"])
def test_a_broad_except_without_reason_is_found(caught):
    assert without_reason(f"try:\n    pass\nexcept{caught}:\n    pass\n") == [3]
    assert not without_reason(f"try:\n    pass\nexcept{caught}:  # a reason\n    pass\n")


def test_a_broad_suppress_without_reason_is_found():
    assert without_reason("with suppress(Exception):\n    pass\n") == [1]


def test_a_narrow_except_needs_none():
    assert not without_reason("try:\n    pass\nexcept (OSError, ValueError):\n    pass\n")
