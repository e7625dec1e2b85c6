"""The one constant of dandischema that NWB Inspector asks for, without its models."""

import ast
import re
import sys
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

#: Module that holds the pattern of experimenters' names, and classes that take 0.1 s to make.
MODELS = "dandischema.models"
_PATTERN = re.compile(r"^NAME_PATTERN = (r?\"[^\"\n]*\")$", re.MULTILINE)


class _Models(ModuleType):
    """The models of dandischema, imported when anything but the pattern is asked for."""

    def __getattr__(self, name: str) -> Any:
        """Return what the models have."""
        if name.startswith("__"):  # Python asks for these while it imports
            raise AttributeError(name)
        if sys.modules.get(MODELS) is self:
            del sys.modules[MODELS]
        return getattr(import_module(MODELS), name)


def know_pattern() -> None:
    """Answer imports of the pattern from the source text of dandischema, in this process.

    Where that text does not state it in one line, and without dandischema, nothing changes.
    """
    if MODELS in sys.modules or (pattern := written_pattern()) is None:
        return
    models = _Models(MODELS)
    models.NAME_PATTERN = pattern  # type: ignore[attr-defined]
    sys.modules[MODELS] = models


def written_pattern() -> str | None:
    """Return the pattern in the source text of dandischema, or None."""
    package = find_spec(MODELS.partition(".")[0])
    for folder in (package and package.submodule_search_locations) or ():
        with suppress(OSError, UnicodeDecodeError):
            found = _PATTERN.search(Path(folder, "models.py").read_text("utf-8"))
            return ast.literal_eval(found[1]) if found else None
    return None
