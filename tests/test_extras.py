"""An optional dependency is imported, or named with the command that installs it."""

import sys
from importlib import reload
from pathlib import Path

import numpy as np
import pytest

import nwbgate.qc.metrics
from nwbgate.algorithms.running_speed import low_pass
from nwbgate.algorithms.screen_warp import warp_image
from nwbgate.errors import MissingExtraError
from nwbgate.extras import import_extra
from nwbgate.interfaces.visual_behavior_rig.imaging.grey_png import read_grey_png
from nwbgate.reading.sessions.aligned import cut_out
from nwbgate.reading.sessions.event_kinds import own_events


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


#: Calls that need a library of an extra.
CALLS = {
    ("scipy.signal", "rig"): lambda: low_pass(np.zeros(100)),
    ("scipy.ndimage", "rig"): lambda: warp_image(np.zeros((2, 2), np.uint8)),
    ("PIL.Image", "rig"): lambda: read_grey_png(Path(__file__), 1, 1),
    ("scipy", "qc"): lambda: reload(nwbgate.qc.metrics),
    ("xarray", "xarray"): lambda: cut_out(
        np.zeros((9, 1)), np.arange(9.0), own_events([4.0]), (-1, 1), cells={}, about={"signal": "dff"}
    ),
}


@pytest.mark.parametrize(("module", "extra"), CALLS)
def test_what_needs_an_extra_names_it(module, extra, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=rf"nwbgate\[{extra}\]"):
        CALLS[module, extra]()
