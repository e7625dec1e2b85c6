"""An optional dependency is imported, or named with the command that installs it."""

import sys

import pytest

from nwbgate.errors import MissingExtraError
from nwbgate.extras import import_extra


def test_what_is_installed_is_imported():
    assert import_extra("json.decoder", "plot") is sys.modules["json.decoder"]


def test_what_is_missing_is_named_with_what_to_do():
    with pytest.raises(MissingExtraError) as caught:
        import_extra("no_such_library.figure", "plot")
    assert "no_such_library" in caught.value.what
    assert caught.value.fix == "pip install 'nwbgate[plot]'"
    assert caught.value.exit_code == 2


def test_a_library_that_lacks_one_of_its_own_is_not_called_missing(tmp_path, monkeypatch):
    (tmp_path / "half_installed.py").write_text("import a_dependency_of_its_own\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="a_dependency_of_its_own"):
        import_extra("half_installed", "plot")
