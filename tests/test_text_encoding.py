"""Texts that editors and spreadsheet programs of Windows saved are read as what they say, through every door."""

import json

import pytest

from nwbgate.conversion.sources.session_rows import read_session_rows
from nwbgate.errors import NwbgateError
from nwbgate.findings.waivers import read_waivers
from nwbgate.interfaces.visual_behavior_rig.session.session_facts import read_session_facts
from nwbgate.json_text import parse_json
from nwbgate.manifest.csv.csv_file import CsvFile
from nwbgate.text_encoding import to_utf_8
from nwbgate.yaml_file import read_yaml
from support.rig_sample import rig_sample

SAVED = {
    "line ends of Windows": lambda text: text.replace("\n", "\r\n").encode(),
    "a byte order mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16 of Excel": lambda text: text.replace("\n", "\r\n").encode("utf-16"),
    "UTF-16, big end first": lambda text: "\ufeff".encode("utf-16-be") + text.encode("utf-16-be"),
}


@pytest.fixture(params=SAVED)
def saved(request, tmp_path):
    """Return a function that saves a text as a program of Windows does."""

    def save(name: str, text: str):
        (tmp_path / name).write_bytes(SAVED[request.param](text))
        return tmp_path / name

    return save


def test_bytes_become_utf_8_and_other_encodings_stay():
    assert to_utf_8("m\u00e9".encode("utf-16")) == to_utf_8("m\u00e9".encode("utf-8-sig")) == "m\u00e9".encode()
    assert to_utf_8(b"m\xe9") == b"m\xe9"
    assert to_utf_8(b"\xff\xfea") == b"\xff\xfea"


def test_yaml_is_read(saved):
    text = "lab: Ren\u00e9\nnotes: |\n  one\n  two\n"
    assert read_yaml(saved("a.yaml", text)) == {"lab": "Ren\u00e9", "notes": "one\ntwo\n"}


def test_waivers_are_read(saved):
    (waiver,) = read_waivers(saved("w.yaml", "- code: dandi.folder\n  reason: it moves later\n"))
    assert (waiver.code, waiver.reason) == ("dandi.folder", "it moves later")


def test_tables_are_read(saved):
    assert CsvFile(saved("t.csv", "a,b\n1,Ren\u00e9\n")).text("b").tolist() == ["Ren\u00e9"]
    (row,) = read_session_rows(saved("s.csv", "session_id,sex\ns1,F\n"))
    assert (row.keys["session_id"], row.metadata["Subject"]) == ("s1", {"sex": "F"})


def test_json_is_read(saved, tmp_path_factory, tmp_path):
    assert parse_json(saved("a.json", '{"lab":\n"Ren\u00e9"}').read_bytes()) == {"lab": "Ren\u00e9"}
    given = rig_sample(tmp_path_factory.getbasetemp()) / "behavior_gratings" / "session.json"
    facts = json.loads(given.read_text(encoding="utf-8"))
    (tmp_path / facts["behavior_stimulus_file"]).touch()
    assert read_session_facts(saved("session.json", json.dumps(facts))) == read_session_facts(given)


@pytest.mark.parametrize("content", ["lab: Ren\u00e9".encode("cp1252"), "lab: x".encode("utf-16-le"), b"\xff\xfea"])
def test_another_encoding_is_refused_with_what_to_do(content, tmp_path):
    (tmp_path / "a.yaml").write_bytes(content)
    with pytest.raises(NwbgateError) as refused:
        read_yaml(tmp_path / "a.yaml")
    assert str(tmp_path / "a.yaml") in refused.value.where
    assert refused.value.fix
