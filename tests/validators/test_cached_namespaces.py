"""Cached namespaces that are damaged, absent or old are named, and the file is read with the installed ones."""

import h5py
import pytest

from nwbgate.corpus.validator_edits import broken_specification, older_core, without_common
from nwbgate.validators.cached_namespaces import unusable_namespaces
from nwbgate.validators.file_findings import file_findings
from support.made_nwb_files import edit, extension, write


def test_intact_namespaces_are_usable(tmp_path):
    with h5py.File(write(tmp_path)) as file:
        assert unusable_namespaces(file) == {}


@pytest.mark.parametrize(
    ("change", "name", "reason"),
    [
        (broken_specification, "core", "damaged"),
        (without_common, "hdmf-common", "absent, though hdmf-experimental includes it"),
    ],
)
def test_a_namespace_that_cannot_be_loaded_is_named_with_the_reason(tmp_path, change, name, reason):
    with h5py.File(edit(write(tmp_path), change)) as file:
        assert unusable_namespaces(file)[name].startswith(reason)


def test_a_part_that_is_not_there_is_damage(tmp_path):
    def change(file: h5py.File) -> None:
        (version,) = file["specifications/hdmf-experimental"].values()
        del version["experimental"]

    findings = file_findings(edit(write(tmp_path), change))
    assert [(finding.code, finding.location) for finding in findings] == [
        ("file.specifications", "specifications/hdmf-experimental")
    ]


def test_the_inspector_judges_a_file_with_damaged_namespaces(tmp_path):
    def change(file: h5py.File) -> None:
        broken_specification(file)
        del file["general/keywords"]

    findings = file_findings(edit(write(tmp_path), change))
    assert [finding.code for finding in findings] == ["file.specifications", "inspector.check_keywords"]


def test_an_older_core_is_a_warning(tmp_path):
    (finding,) = file_findings(edit(write(tmp_path), older_core))
    assert (finding.code, finding.severity) == ("file.older_specifications", "warning")


def test_an_intact_extension_is_validated_though_core_is_damaged(tmp_path):
    path = extension(tmp_path, 0)

    def change(file: h5py.File) -> None:
        broken_specification(file)
        del file["general/settings"].attrs["gain"]

    findings = file_findings(edit(path, change))
    assert [finding.code for finding in findings[:2]] == ["file.specifications", "schema.missing"]


def test_an_array_in_place_of_a_namespace_is_a_finding(tmp_path):
    def change(file: h5py.File) -> None:
        file["acquisition/voltage"].attrs["namespace"] = ["core", "core"]

    findings = file_findings(edit(write(tmp_path), change))
    assert any("acquisition/voltage" in finding.location for finding in findings)
