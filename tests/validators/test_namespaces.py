"""One set of cached specifications is parsed once, and two that differ are told apart."""

import subprocess
import sys
from pathlib import Path

import h5py
import pytest
from pynwb import NWBHDF5IO
from pynwb.testing.mock.file import mock_NWBFile

from nwbgate.validators import namespaces
from nwbgate.validators.namespaces import most_specific, namespaces_of, specification_digest

#: A file as PyNWB writes it where no test has loaded an extension, which the file would cache as well.
FRESH = """
import sys
import h5py
from pynwb import NWBHDF5IO
from pynwb.testing.mock.file import mock_NWBFile
from pynwb.validation import get_cached_namespaces_to_validate
from nwbgate.validators.namespaces import installed_digest, namespaces_of, specification_digest
path = sys.argv[1]
with NWBHDF5IO(path, "w") as io:
    io.write(mock_NWBFile())
with h5py.File(path) as file:
    {statement}
"""


def in_fresh_process(statement: str, path: Path) -> None:
    subprocess.run([sys.executable, "-c", FRESH.format(statement=statement), str(path)], check=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "session.nwb"
    with NWBHDF5IO(file, "w") as io:
        io.write(mock_NWBFile())
    return file


def test_two_files_with_one_text_share_the_parsed_form(path, tmp_path):
    other = tmp_path / "other.nwb"
    other.write_bytes(path.read_bytes())
    with h5py.File(path) as one, h5py.File(other) as two:
        assert namespaces_of(one) is namespaces_of(two)


def test_one_changed_character_is_another_specification(path):
    with h5py.File(path, "r+") as file:
        before, parsed = specification_digest(file), namespaces_of(file)
        (version,) = file["specifications/core"].values()
        version["namespace"][()] = version["namespace"][()].replace(b"NWB core", b"NWB Core")
        assert specification_digest(file) != before
        assert namespaces_of(file) is not parsed


def test_the_namespaces_are_those_that_pynwb_validates(tmp_path):
    in_fresh_process(
        "ours = [validator.namespace.name for validator in namespaces_of(file).validators]\n"
        "    assert ours == get_cached_namespaces_to_validate(path)[0] == ['core']",
        tmp_path / "session.nwb",
    )


def test_a_file_without_specifications_has_those_of_the_installed_schema(path):
    with h5py.File(path, "r+") as file:
        del file.attrs[".specloc"]
        assert specification_digest(file) == ""
        assert [validator.namespace.name for validator in namespaces_of(file).validators] == ["core"]


def test_a_file_of_the_installed_pynwb_is_recognised(tmp_path):
    in_fresh_process("assert specification_digest(file) == installed_digest()", tmp_path / "session.nwb")


def test_what_is_recognised_is_validated_as_what_is_parsed(path, monkeypatch):
    """The shortcut and the long way make validators of the same specifications."""

    def specifications() -> dict[str, object]:
        namespaces._parsed.clear()
        with h5py.File(path) as file:
            (validator,) = namespaces_of(file).validators
        return {name: validator.namespace.get_spec(name) for name in validator.namespace.get_registered_types()}

    short = specifications()
    monkeypatch.setattr(namespaces, "installed_digest", lambda: "another")
    assert specifications() == short
    assert len(short) > 50


def test_an_extension_hides_what_it_includes():
    includes = {"core": {"hdmf-common": ()}, "hdmf-common": {}, "hdmf-experimental": {}, "ndx-a": {"core": ()}}
    assert most_specific(includes) == ["ndx-a"]
    assert most_specific({**includes, "ndx-b": {"core": ()}}) == ["ndx-a", "ndx-b"]


def test_the_oldest_of_many_are_forgotten(path, monkeypatch):
    monkeypatch.setattr(namespaces, "KEPT", 1)
    with h5py.File(path, "r+") as file:
        first = namespaces_of(file)
        del file.attrs[".specloc"]
        namespaces_of(file)
        assert len(namespaces._parsed) == 1
    assert first not in namespaces._parsed.values()
