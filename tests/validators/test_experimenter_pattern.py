"""The pattern of experimenters' names, known without the models of dandischema."""

import subprocess
import sys
from pathlib import Path

import pytest

from nwbgate.validators import experimenter_pattern

KNOWN = """
import sys
from nwbgate.validators.experimenter_pattern import know_pattern
know_pattern()
from dandischema.models import NAME_PATTERN
print("pydantic" in sys.modules)
from dandischema.models import Dandiset
import dandischema.models
print(NAME_PATTERN == dandischema.models.NAME_PATTERN, dandischema.models.Dandiset is Dandiset)
know_pattern()
print(sys.modules["dandischema.models"].Dandiset is Dandiset)
"""
UNKNOWN = """
import sys
from dandischema.models import does_not_exist
"""


def printed(code: str) -> list[str]:
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


def test_the_pattern_is_that_of_dandischema_and_the_rest_comes_when_asked_for():
    pytest.importorskip("dandischema")
    assert printed(KNOWN) == ["False", "True True", "True"]


def test_a_name_that_the_models_lack_is_missing():
    pytest.importorskip("dandischema")
    code = "from nwbgate.validators.experimenter_pattern import know_pattern\nknow_pattern()\n" + UNKNOWN
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False)
    assert "ImportError: cannot import name 'does_not_exist'" in done.stderr


@pytest.mark.parametrize("text", ["NAME_PATTERN = other()\n", "", None])
def test_without_the_pattern_in_one_line_nothing_changes(text, tmp_path: Path, monkeypatch):
    package = tmp_path / "package_of_models"
    package.mkdir()
    (package / "__init__.py").touch()
    if text is not None:
        (package / "models.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(experimenter_pattern, "MODELS", "package_of_models.models")
    assert experimenter_pattern.written_pattern() is None
    experimenter_pattern.know_pattern()
    assert "package_of_models.models" not in sys.modules


def test_without_dandischema_nothing_changes(monkeypatch):
    monkeypatch.setattr(experimenter_pattern, "MODELS", "no_such_package.models")
    assert experimenter_pattern.written_pattern() is None
