"""What is up to date is not converted again: which sources a converter has, and what counts as a change."""

import os
from typing import ClassVar

import pytest
from neuroconv import NWBConverter
from neuroconv.utils import dict_deep_update

import nwbgate
from nwbgate.conversion.sources.session_sources import find_sources
from nwbgate.errors import SourceError
from support.file_content import content
from support.maze_conversion import METADATA, NumbersInterface, convert
from support.maze_sources import make_maze

DATA = "processing/behavior/Position/SpatialSeries"


def test_converting_twice_converts_once(source, tmp_path):
    first = convert(source, tmp_path / "s1.nwb")
    before = first.path.stat().st_mtime_ns
    second = convert(source, tmp_path / "s1.nwb")
    assert (second.status, second.bytes) == ("skipped", first.bytes)
    assert first.path.stat().st_mtime_ns == before


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_skipped_session_loses_what_a_killed_run_left_of_it_but_not_in_a_dry_run(source, tmp_path, dry_run):
    convert(source, tmp_path / "s1.nwb")
    left = tmp_path / f".s1.nwb.nwbgate-{'0' * 16}.nwb"
    left.write_bytes(b"half a file")
    assert convert(source, tmp_path / "s1.nwb", dry_run=dry_run).status == "skipped"
    assert left.exists() is dry_run


def test_a_single_interface_is_skipped_too(numbers, tmp_path):
    statuses = [
        nwbgate.convert_session(NumbersInterface(path=numbers), tmp_path / "n.nwb", check=False).status
        for _ in range(2)
    ]
    assert statuses == ["converted", "skipped"]


@pytest.mark.parametrize("change", ["source", "metadata", "option", "parameter"])
def test_whatever_the_content_depends_on_converts_anew(change, source, tmp_path):
    path = convert(source, tmp_path / "s1.nwb").path
    before = content(path)
    options = {}
    if change == "source":
        make_maze(source, seed=1)
    elif change == "metadata":
        options["metadata"] = dict_deep_update(METADATA, {"Subject": {"sex": "F"}})
    elif change == "option":
        options["conversion_options"] = {"Positions": {"unit": "centimeters"}}
    else:
        options["parameters"] = {"shift": 1.0}
    assert convert(source, path, **options).status == "converted"
    assert content(path) != before
    assert convert(source, path, **options).status == "skipped"


def test_a_hidden_change_is_found_when_sources_are_to_be_verified(source, tmp_path):
    path = convert(source, tmp_path / "s1.nwb").path
    status = source.stat()
    source.write_text(source.read_text().replace("rat7", "rat8"))
    os.utime(source, ns=(status.st_atime_ns, status.st_mtime_ns))
    metadata = dict_deep_update(METADATA, {"Subject": {"subject_id": "rat7"}})
    assert convert(source, path, metadata=metadata).status == "skipped"
    assert convert(source, path, metadata=metadata, verify_sources=True).status == "converted"


def test_overwrite_converts_what_is_up_to_date(source, tmp_path):
    path = convert(source, tmp_path / "s1.nwb").path
    before = path.stat().st_ino
    assert convert(source, path, overwrite=True).status == "converted"
    assert path.stat().st_ino != before


def test_files_in_a_source_folder_count_as_sources(numbers, tmp_path):
    def again():
        return nwbgate.convert_session(NumbersInterface(path=numbers.parent), tmp_path / "n.nwb", check=False).status

    assert (again(), again()) == ("converted", "skipped")
    (numbers.parent / "2.txt").write_text("5\n6\n")
    assert again() == "converted"
    assert find_sources(NumbersInterface(path=numbers.parent)) == [numbers, numbers.parent / "2.txt"]


def test_without_a_known_source_nothing_is_ever_up_to_date(numbers, tmp_path):
    statuses = [
        nwbgate.convert_session(NumbersInterface(path=numbers), tmp_path / "n.nwb", sources=(), check=False).status
        for _ in range(2)
    ]
    assert statuses == ["converted", "converted"]


def test_source_data_that_are_no_paths_are_no_sources(numbers):
    interface = NumbersInterface(path=numbers)
    interface.source_data.update(text="x" * 5000, strange="a\0b", number=3, several=[str(numbers), "gone.txt"])
    assert find_sources(interface) == [numbers]


def test_a_source_that_is_gone_is_a_source_error(numbers, tmp_path):
    with pytest.raises(SourceError, match="gone"):
        nwbgate.convert_session(NumbersInterface(path=numbers), tmp_path / "n.nwb", sources=[tmp_path / "gone.txt"])


def test_a_nested_converter_names_its_sources(numbers):
    class Inner(NWBConverter):
        data_interface_classes: ClassVar = {"Numbers": NumbersInterface}

    class Outer(NWBConverter):
        data_interface_classes: ClassVar = {"Inner": Inner}

    assert find_sources(Outer(source_data={"Inner": {"source_data": {"Numbers": {"path": str(numbers)}}}})) == [numbers]
