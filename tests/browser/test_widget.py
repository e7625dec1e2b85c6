"""The widget answers the messages of a notebook, and names its extra where it is missing."""

import json
import re
import sys

import pytest

import nwbgate
from nwbgate.browser.serving.browsed_file import RAW
from nwbgate.browser.serving.packing import unpack
from nwbgate.errors import MissingExtraError, UsageError
from support.browsed_files import write_recording


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_recording(tmp_path_factory.mktemp("widget") / "a.nwb", seconds=2)


@pytest.fixture
def widget(path):
    with nwbgate.open(path) as recording:
        shown = nwbgate.browse(recording)
    yield shown
    shown.library.close()


def asked(widget, monkeypatch, message):
    sent = []
    monkeypatch.setattr(widget, "send", lambda content, buffers: sent.append((content, buffers)))
    widget._handle_custom_msg(message, [])
    return sent[0]


def test_a_key_is_answered_with_its_number_and_bytes(widget, monkeypatch):
    content, (data,) = asked(widget, monkeypatch, {"number": 7, "key": "doc/0"})
    assert content == {"number": 7, "error": ""}
    assert [track["name"] for track in json.loads(data)["tracks"]][2:] == ["spikes", "dF/F"]
    _, (data,) = asked(widget, monkeypatch, {"number": 8, "key": "raw/0/0/0"})
    assert len(unpack(data)[1]["values"]) == RAW


@pytest.mark.parametrize("message", [{"number": 1, "key": "../secret"}, {"number": 1}, {"number": 1, "key": ["doc/0"]}])
def test_anything_else_is_not_found(widget, monkeypatch, message):
    assert asked(widget, monkeypatch, message) == ({"number": 1, "error": "not found"}, [b""])


def test_the_script_is_one_module_with_a_render(widget):
    assert re.findall(r"^(?:import|export) .*", widget._esm, re.MULTILINE) == ["export default {"]


def test_paths_are_shown_as_well(path):
    shown = nwbgate.browse([path, path.parent])
    assert [file.source for file in shown.library.files] == [path]
    with pytest.raises(UsageError):
        nwbgate.browse(path.parent / "missing.nwb")


def test_without_the_extra_it_is_named(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(MissingExtraError, match="anywidget is not installed") as caught:
        nwbgate.browse(path)
    assert caught.value.fix == "pip install 'nwbgate[notebook]'"
