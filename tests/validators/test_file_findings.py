"""The validators say what is wrong with a file with one open of it, and bad content never crashes them."""

import multiprocessing
from pathlib import Path

import h5py
import pytest

from nwbgate.errors import CheckError
from nwbgate.rules.rule import Finding, Severity
from nwbgate.validators.file_findings import file_findings, refuse_errors, warm, written_findings
from nwbgate.validators.inspector_findings import inspector_checks
from support.made_nwb_files import (
    cube_of_keywords,
    damaged_timestamps,
    edit,
    extension,
    naive_time,
    session,
    text_for_numbers,
    without_description,
    without_unit,
    write,
)


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


# One file


def test_a_good_file_gives_no_finding(tmp_path):
    assert file_findings(write(tmp_path)) == []


def test_a_file_without_cached_specifications_is_validated_against_the_installed_schema(tmp_path):
    path = write(tmp_path, cache_spec=False)
    assert file_findings(path) == []
    assert codes(file_findings(edit(path, without_unit))) == ["schema.missing"]


@pytest.mark.parametrize(
    ("change", "code", "location"),
    [
        (without_unit, "schema.missing", "acquisition/voltage/data"),
        (text_for_numbers, "schema.dtype", "acquisition/voltage/starting_time"),
        (naive_time, "schema.invalid", "session_start_time"),
        (cube_of_keywords, "schema.shape", "general/keywords"),
    ],
)
def test_a_break_of_the_schema_is_named_by_its_kind_and_place(tmp_path, change, code, location):
    finding = next(f for f in file_findings(edit(write(tmp_path), change)) if f.code.startswith("schema."))
    assert (finding.code, finding.severity, finding.validator) == (code, Severity.ERROR, "pynwb")
    assert location in finding.location or location in finding.message


def test_an_inspector_message_keeps_its_name_words_and_place(tmp_path):
    nwbfile = session()
    nwbfile.acquisition["voltage"].fields["rate"] = 0.001
    (finding,) = file_findings(write(tmp_path, nwbfile=nwbfile))
    assert finding.code == "inspector.check_rate_not_below_threshold"
    assert (finding.severity, finding.validator) == (Severity.WARNING, "nwbinspector")
    assert finding.location == "/acquisition/voltage"
    assert file_findings(Path(str(finding.path)), inspector=False) == []


def test_what_dandi_requires_is_an_error(tmp_path):
    nwbfile = session()
    nwbfile.subject.fields["species"] = "mouse"
    (finding,) = file_findings(write(tmp_path, nwbfile=nwbfile))
    assert (finding.code, finding.severity) == ("inspector.check_subject_species_form", Severity.ERROR)


def test_a_check_that_crashes_is_a_finding_about_the_file(tmp_path):
    (finding,) = file_findings(edit(write(tmp_path), damaged_timestamps), layout=False)[:1]
    assert (finding.code, finding.severity) == ("inspector.check_regular_timestamps", Severity.ERROR)
    assert finding.message.startswith("the check crashed: OSError")


def test_our_rules_offered_to_the_inspector_are_not_run_twice(tmp_path):
    import nwbgate.inspector  # noqa: F401

    inspector_checks.cache_clear()
    checks = inspector_checks()
    assert len(checks) > 10
    assert all(check.__wrapped__.__module__.startswith("nwbinspector") for check in checks)


# Bad content


def test_a_file_that_is_not_hdf5_is_a_finding(tmp_path):
    path = tmp_path / "sub-m1" / "sub-m1.nwb"
    path.parent.mkdir()
    path.write_text("not HDF5")
    (finding,) = file_findings(path)
    assert (finding.code, finding.severity, finding.path) == ("file.unreadable", Severity.ERROR, str(path))


def test_a_truncated_file_is_a_finding(tmp_path):
    path = write(tmp_path)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    assert codes(file_findings(path)) == ["file.unreadable"]


@pytest.mark.parametrize("version", [None, "1.0.6", "two"])
def test_hdf5_that_is_not_nwb_2_is_a_finding(tmp_path, version):
    def change(file: h5py.File) -> None:
        del file.attrs["nwb_version"]
        if version is not None:
            file.attrs["nwb_version"] = version

    assert codes(file_findings(edit(write(tmp_path), change))) == ["file.not_nwb"]


def test_a_file_that_cannot_be_constructed_gives_the_schema_errors_and_the_reason(tmp_path):
    findings = file_findings(edit(write(tmp_path), without_description))
    assert codes(findings) == ["schema.missing", "file.unconstructible"]
    assert findings[1].message.startswith("ConstructError: Could not construct NWBFile object")
    assert "session_description" in findings[1].message
    assert findings[1].location == "/"


def test_specifications_that_cannot_be_parsed_are_a_finding(tmp_path):
    def change(file: h5py.File) -> None:
        (version,) = file["specifications/core"].values()
        version["namespace"][()] = "{"

    assert codes(file_findings(edit(write(tmp_path), change))) == ["file.specifications"]


def test_a_tree_that_cannot_be_walked_is_a_finding(tmp_path):
    def change(file: h5py.File) -> None:
        file["acquisition/loop"] = file["acquisition"]

    assert codes(file_findings(edit(write(tmp_path), change))) == ["file.malformed"]


def test_an_object_of_an_unknown_type_is_a_finding(tmp_path):
    path = edit(write(tmp_path), lambda file: file.attrs.modify("neurodata_type", "Unheard"))
    assert codes(file_findings(path))[0] == "schema.crashed"


@pytest.mark.parametrize(
    ("attribute", "value", "said"),
    [("neurodata_type", "TimeSerie", "core has no type TimeSerie"), ("namespace", "cor", "cor has no type TimeSeries")],
)
def test_an_object_that_pynwb_would_leave_out_is_a_finding(tmp_path, attribute, value, said):
    path = edit(write(tmp_path), lambda file: file["acquisition/voltage"].attrs.modify(attribute, value))
    found = next(finding for finding in file_findings(path) if finding.code == "schema.unknown_type")
    assert (found.location, found.severity) == ("acquisition/voltage", "error")
    assert said in found.message


def instead(place: str, kind: str):
    """An object is a dataset of numbers, or an empty group."""

    def change(file: h5py.File) -> None:
        if place in file:
            del file[place]
        file.create_group(place) if kind == "group" else file.create_dataset(place, data=[1.0, 2.0])

    return change


@pytest.mark.parametrize("place", ["units", "acquisition/voltage", "stimulus/presentation/x", "intervals/x"])
@pytest.mark.parametrize("kind", ["group", "dataset"])
def test_an_object_without_a_type_is_a_finding(tmp_path, place, kind):
    found = file_findings(edit(write(tmp_path), instead(place, kind)))
    said = {(each.code, each.location, each.message) for each in found}
    assert ("schema.unknown_type", place, f"this {kind} has no neurodata_type") in said


def test_a_dataset_in_a_scratch_group_of_its_own_needs_no_type(tmp_path):
    assert file_findings(edit(write(tmp_path), instead("acquisition/voltage/x", "dataset"))) == []


@pytest.mark.parametrize("after", [16, 32, 48, 52])
def test_a_damaged_attribute_is_a_finding_and_no_crash(tmp_path, after):
    path = write(tmp_path)
    data = bytearray(path.read_bytes())
    at = data.index(b"nwb_version\0") + after
    data[at : at + 4] = b"\xa5" * 4
    path.write_bytes(data)
    assert {each.code.split(".")[0] for each in file_findings(path, layout=False)} == {"file"}


def test_a_link_to_a_file_beside_is_followed_when_asked_for_and_else_named(tmp_path):
    other = write(tmp_path, 1)

    def change(file: h5py.File) -> None:
        del file["acquisition/voltage/data"]
        file["acquisition/voltage/data"] = h5py.ExternalLink(other.name, "/acquisition/voltage/data")

    path = edit(write(tmp_path), change)
    assert file_findings(path, follow_links=True) == []
    assert codes(file_findings(path)) == ["file.leads_outside"]
    other.unlink()
    assert codes(file_findings(path, follow_links=True)) == ["file.leads_outside"]


def test_a_broken_link_is_named(tmp_path):
    def change(file: h5py.File) -> None:
        file["acquisition/gone"] = h5py.SoftLink("/acquisition/nowhere")

    broken = [each for each in file_findings(edit(write(tmp_path), change)) if each.code == "file.broken_link"]
    assert [(finding.location, finding.severity) for finding in broken] == [("/acquisition/gone", "error")]


def test_a_version_that_is_no_version_is_said_once(tmp_path):
    path = edit(write(tmp_path), lambda file: file.attrs.modify("nwb_version", "NWB-2.6.0"))
    assert codes(file_findings(path)) == ["dandi.nwb_version"]


def test_the_inspector_runs_on_a_version_that_dandi_refuses_and_it_can_parse(tmp_path):
    path = edit(write(tmp_path), lambda file: file.attrs.modify("nwb_version", "2.0b"))
    edit(path, lambda file: file.__delitem__("general/keywords"))
    assert codes(file_findings(path)) == ["dandi.nwb_version", "inspector.check_keywords"]


def test_a_version_that_pynwb_cannot_read_is_named(tmp_path):
    path = edit(write(tmp_path), lambda file: file.attrs.create("nwb_version", [b"2.0b"]))
    (finding,) = file_findings(path)
    assert (finding.code, "an array, '2.0b'" in finding.message) == ("file.not_nwb", True)


def test_a_file_of_nwb_1_is_named_as_such(tmp_path):
    def change(file: h5py.File) -> None:
        del file.attrs["nwb_version"]
        file["nwb_version"] = "NWB-1.0.6"

    (finding,) = file_findings(edit(write(tmp_path), change))
    assert finding.code == "file.not_nwb"
    assert finding.message.startswith("this is a file of NWB 1 (nwb_version NWB-1.0.6)")


def test_a_version_that_only_the_inspector_cannot_parse_is_said_to_stop_it(tmp_path):
    path = edit(write(tmp_path), lambda file: file.attrs.modify("nwb_version", "NWB-2.0.1"))
    assert codes(file_findings(path)) == ["inspector.crashed"]


# Just written


def test_a_written_file_passes_under_a_temporary_name(tmp_path):
    path = write(tmp_path).rename(tmp_path / ".tmp-abc")
    assert not [finding for finding in written_findings(path) if finding.code.startswith("dandi.")]


def test_a_written_file_with_schema_errors_is_refused(tmp_path):
    path = edit(write(tmp_path), without_unit)
    with pytest.raises(CheckError, match=r"schema\.missing") as caught:
        refuse_errors(written_findings(path), path)
    assert caught.value.where == str(path)
    assert caught.value.expected
    assert caught.value.fix


def test_a_written_file_that_dandi_would_refuse_is_refused(tmp_path):
    nwbfile = session()
    nwbfile.subject.fields["species"] = "mouse"
    with pytest.raises(CheckError, match="check_subject_species_form"):
        refuse_errors(written_findings(path := write(tmp_path, nwbfile=nwbfile)), path)


def test_warnings_do_not_refuse_and_many_errors_are_counted(tmp_path):
    nwbfile = session()
    nwbfile.fields["keywords"] = None
    path = write(tmp_path, nwbfile=nwbfile)
    findings = written_findings(path)
    assert codes(findings) == ["inspector.check_keywords"]
    refuse_errors(findings, path)
    errors = file_findings(tmp_path / "absent.nwb") * 5
    with pytest.raises(CheckError, match=r"5 errors(.|\n)*and 2 more"):
        refuse_errors(errors, path)


# Processes


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_of_both_kinds_agree_with_this_process(tmp_path, method):
    paths = [write(tmp_path, 0), edit(write(tmp_path, 1), without_unit)]
    warm()
    with multiprocessing.get_context(method).Pool(1) as pool:
        assert pool.map(file_findings, paths) == [file_findings(path) for path in paths]


def test_an_extension_that_is_not_installed_is_read_from_its_cached_specification(tmp_path):
    path = extension(tmp_path, 0)
    assert file_findings(path) == []
    edit(path, lambda file: file["general/settings"].attrs.pop("gain"))
    assert "schema.missing" in codes(file_findings(path))
