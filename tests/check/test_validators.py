"""The validators say what their command lines say, with one open of the file, and bad content never crashes them."""

import json
import multiprocessing
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import h5py
import numpy as np
import pytest
from nwbinspector import Importance, configure_checks, load_config
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.file import Subject

from nwbgate.check import validators
from nwbgate.check.validators import check_written, file_findings, refuse_errors, warm, written_findings
from nwbgate.errors import CheckError
from nwbgate.rules.rule import Finding, Severity

BIN = Path(sys.executable).parent


def session(number: int = 0) -> NWBFile:
    """A session about which no validator has anything to say."""
    nwbfile = NWBFile(
        session_description="a session of a test",
        identifier=f"session-{number}",
        session_start_time=datetime(2020, 1, 1, tzinfo=UTC),
        session_id=f"s{number}",
        experimenter=["Doe, Jane"],
        experiment_description="an experiment of a test",
        institution="an institution",
        keywords=["test"],
        subject=Subject(subject_id="m1", species="Mus musculus", sex="M", age="P90D", description="a mouse"),
    )
    data = np.random.default_rng(number).normal(size=100)
    nwbfile.add_acquisition(TimeSeries(name="voltage", data=data, unit="V", rate=10.0, description="a voltage"))
    return nwbfile


def write(folder: Path, number: int = 0, nwbfile: NWBFile | None = None, **options: bool) -> Path:
    path = folder / "sub-m1" / f"sub-m1_ses-s{number}_ecephys.nwb"
    path.parent.mkdir(parents=True, exist_ok=True)
    with NWBHDF5IO(path, "w") as io:
        io.write(session(number) if nwbfile is None else nwbfile, **options)
    return path


def edit(path: Path, change: Callable[[h5py.File], object]) -> Path:
    with h5py.File(path, "r+") as file:
        change(file)
    return path


def without_unit(file: h5py.File) -> None:
    del file["acquisition/voltage/data"].attrs["unit"]


def without_description(file: h5py.File) -> None:
    del file["session_description"]


def text_for_numbers(file: h5py.File) -> None:
    file["acquisition/voltage/starting_time"].attrs["rate"] = "fast"


def naive_time(file: h5py.File) -> None:
    file["session_start_time"][()] = "2020-01-01T00:00:00"


def cube_of_keywords(file: h5py.File) -> None:
    del file["general/keywords"]
    file["general/keywords"] = np.full((2, 2, 2), "test", dtype=h5py.string_dtype())


def damaged_timestamps(file: h5py.File) -> None:
    series = file["acquisition/voltage"]
    del series["starting_time"]
    times = series.create_dataset("timestamps", shape=(100,), dtype="f8", chunks=(100,), compression="gzip")
    times.attrs.update(interval=1, unit="seconds")
    times.id.write_direct_chunk((0,), b"not deflated")


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

    validators._inspector_checks.cache_clear()
    checks = validators._inspector_checks()
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

    assert codes(file_findings(edit(write(tmp_path), change))) == ["file.unreadable"]


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


def test_a_link_to_another_file_is_followed_and_a_broken_one_named(tmp_path):
    other = write(tmp_path, 1)

    def change(file: h5py.File) -> None:
        del file["acquisition/voltage/data"]
        file["acquisition/voltage/data"] = h5py.ExternalLink(other.name, "/acquisition/voltage/data")

    path = edit(write(tmp_path), change)
    assert file_findings(path) == []
    other.unlink()
    broken = [finding for finding in file_findings(path) if finding.code == "file.broken_link"]
    assert [(finding.location, finding.severity) for finding in broken] == [("/acquisition/voltage/data", "error")]


def test_a_version_that_is_no_version_is_said_once(tmp_path):
    path = edit(write(tmp_path), lambda file: file.attrs.modify("nwb_version", "NWB-2.6.0"))
    assert codes(file_findings(path)) == ["dandi.nwb_version"]


def test_a_version_that_only_the_inspector_cannot_parse_is_said_to_stop_it(tmp_path):
    path = edit(write(tmp_path), lambda file: file.attrs.modify("nwb_version", "NWB-2.0.1"))
    assert codes(file_findings(path)) == ["inspector.crashed"]


# Just written


def test_a_written_file_passes_under_a_temporary_name(tmp_path):
    path = write(tmp_path).rename(tmp_path / ".tmp-abc")
    check_written(path)
    assert not [finding for finding in written_findings(path) if finding.code.startswith("dandi.")]


def test_a_written_file_with_schema_errors_is_refused(tmp_path):
    path = edit(write(tmp_path), without_unit)
    with pytest.raises(CheckError, match=r"schema\.missing") as caught:
        check_written(path)
    assert caught.value.where == str(path)
    assert caught.value.expected
    assert caught.value.fix


def test_a_written_file_that_dandi_would_refuse_is_refused(tmp_path):
    nwbfile = session()
    nwbfile.subject.fields["species"] = "mouse"
    with pytest.raises(CheckError, match="check_subject_species_form"):
        check_written(write(tmp_path, nwbfile=nwbfile))


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


# The command lines


def extension(folder: Path, number: int) -> Path:
    """A file with an object of an extension that is not installed, in a fresh process so that this one stays clean."""
    program = f"""
from pathlib import Path
from pynwb import NWBHDF5IO, get_class, load_namespaces
from pynwb.spec import NWBGroupSpec, NWBNamespaceBuilder
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from {Path(__file__).stem} import session, write
builder = NWBNamespaceBuilder("a test", "ndx-test", version="0.1.0", author="x", contact="x@x.org")
builder.include_type("LabMetaData", namespace="core")
spec = NWBGroupSpec("settings", neurodata_type_def="Settings", neurodata_type_inc="LabMetaData")
spec.add_attribute("gain", "the gain", "float")
builder.add_spec("test.extensions.yaml", spec)
builder.export("test.namespace.yaml", outdir={str(folder)!r})
load_namespaces({str(folder / "test.namespace.yaml")!r})
nwbfile = session({number})
nwbfile.add_lab_meta_data(get_class("Settings", "ndx-test")(name="settings", gain=2.0))
print(write(Path({str(folder)!r}), {number}, nwbfile))
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())


def test_an_extension_that_is_not_installed_is_read_from_its_cached_specification(tmp_path):
    path = extension(tmp_path, 0)
    assert file_findings(path) == []
    edit(path, lambda file: file["general/settings"].attrs.pop("gain"))
    assert "schema.missing" in codes(file_findings(path))


def two_files_linked(folder: Path, number: int) -> Path:
    other = write(folder, number + 1)

    def change(file: h5py.File) -> None:
        del file["acquisition/voltage/data"]
        file["acquisition/voltage/data"] = h5py.ExternalLink(other.name, "/acquisition/voltage/data")

    return edit(write(folder, number), change)


def poor_session(number: int) -> NWBFile:
    nwbfile = session(number)
    for name in ("keywords", "institution", "experimenter"):
        nwbfile.fields[name] = None
    nwbfile.subject.fields.update(species="mouse", age="90 days")
    nwbfile.acquisition["voltage"].fields["rate"] = 0.001
    nwbfile.add_acquisition(TimeSeries(name="x", data=[1.0, 2.0], unit="V", timestamps=[2.0, 1.0], description=""))
    return nwbfile


@pytest.fixture(scope="module")
def dandiset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Good and bad files in a dandiset, each with an identifier of its own."""
    folder = tmp_path_factory.mktemp("dandiset")
    write(folder, 0)
    write(folder, 1, cache_spec=False)
    edit(write(folder, 2, cache_spec=False), without_unit)
    changes = [without_unit, text_for_numbers, naive_time, cube_of_keywords, damaged_timestamps]
    for number, change in enumerate([*changes, without_description], start=3):
        edit(write(folder, number), change)
    write(folder, 20, poor_session(20))
    edit(write(folder, 21, poor_session(21)), text_for_numbers)
    edit(extension(folder, 22), lambda file: file["general/settings"].attrs.pop("gain"))
    two_files_linked(folder, 30)
    write(folder, 40).rename(folder / "sub-m1" / "m1.nwb")
    write(folder, 41).rename(folder / "sub-m1_ses-s41_ecephys.nwb")
    (folder / "sub-m2").mkdir()
    write(folder, 42).rename(folder / "sub-m2" / "sub-m1_ses-s42_ecephys.nwb")
    edit(write(folder, 43), lambda file: file.attrs.modify("nwb_version", "NWB-2.6"))
    with write(folder, 50).open("r+b") as file:
        file.truncate(50_000)
    (folder / "dandiset.yaml").write_text("identifier: DANDI:000001\nname: a test\ndescription: a test\n")
    return folder


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HOME": str(folder.parent), "DANDI_NO_ET": "1", "DANDI_CACHE": "ignore"}
    return subprocess.run([BIN / command[0], *command[1:]], capture_output=True, text=True, env=environment)


def inspector_says(folder: Path) -> list[dict[str, str]]:
    report = folder.parent / f"{folder.name}-inspector.json"
    run(folder, "nwbinspector", str(folder), "--config", "dandi", "--json-file-path", str(report), "--overwrite")
    return json.loads(report.read_text())["messages"]


def said_by_inspector(folder: Path) -> Counter[tuple[str, ...]]:
    """Every message of the command line as (file, code, words, place); of what crashed, the first words only."""
    said: Counter[tuple[str, ...]] = Counter()
    for message in inspector_says(folder):
        name, text, importance = message["check_function_name"], message["message"], message["importance"]
        place = message["location"] or ""
        if importance == "PYNWB_VALIDATION":
            name, text = "schema", f"{name}: {text}"
        elif name.startswith("During io.read()"):
            name, text, place = "cannot be read", "", ""
        elif crashed := re.match(r"During evaluation of '(\w+)'", name):
            name, text, place = crashed[1], "crashed", ""
        said[message["file_path"], name, text, place] += 1
    return said


def said_by_us(paths: list[Path]) -> Counter[tuple[str, ...]]:
    said: Counter[tuple[str, ...]] = Counter()
    for finding in (finding for path in paths for finding in file_findings(path, layout=False)):
        room, _, name = finding.code.partition(".")
        text, place = finding.message, finding.location
        if room == "dandi":
            continue
        if room == "schema":
            name, place = "schema", place.strip("/")
        elif room == "file":
            name, text, place = "cannot be read", "", ""
        elif text.startswith("the check crashed"):
            text, place = "crashed", ""
        elif not place.startswith("/"):
            place = ""
        said[str(finding.path), name, text, place] += 1
    return said


def compared_with_inspector(folder: Path) -> int:
    ours, theirs = said_by_us(sorted(folder.rglob("*.nwb"))), said_by_inspector(folder)
    unread = {path for path, name, *_ in theirs if name == "cannot be read"}
    # Of a version that it cannot parse it says that it cannot read the file; that is our `dandi.nwb_version`.
    theirs = Counter({key: count for key, count in theirs.items() if "s43" not in key[0]})
    # The inspector constructs before it validates: of a file that cannot be constructed it has no schema errors.
    ours = Counter({key: count for key, count in ours.items() if not (key[0] in unread and key[1] == "schema")})
    assert ours == theirs
    return theirs.total()


@pytest.mark.slow
def test_the_inspector_command_line_says_the_same_message_by_message(dandiset):
    assert compared_with_inspector(dandiset) > 20


@pytest.mark.slow
def test_on_released_files_too(tmp_path):
    folder = Path(__file__).parents[3] / "shared" / "data" / "visual_behavior_release" / "behavior_sessions"
    if not folder.exists():
        pytest.skip("the released files are not beside the checkout")
    for path in folder.glob("*.nwb"):
        (tmp_path / path.name).symlink_to(path)
    assert compared_with_inspector(tmp_path) > 50


@pytest.mark.slow
def test_the_schema_command_line_says_the_same_message_by_message(dandiset):
    theirs: Counter[tuple[str, ...]] = Counter()
    ours: Counter[tuple[str, ...]] = Counter()
    for path in sorted(dandiset.rglob("*.nwb")):
        done = run(dandiset, "pynwb-validate", str(path))
        said = done.stderr.partition("found the following errors:")[2].strip().splitlines()
        theirs.update((path.name, line) for line in said)
        findings = [finding for finding in file_findings(path) if finding.validator == "pynwb"]
        schema = [finding for finding in findings if finding.code.startswith("schema.")]
        ours.update((path.name, as_pynwb_prints(finding)) for finding in schema)
        unreadable = "file.unreadable" in codes(file_findings(path))
        assert done.returncode == int(bool(schema) or unreadable), path
    assert ours == theirs
    assert theirs.total() > 5


def as_pynwb_prints(finding: Finding) -> str:
    name, _, reason = finding.message.partition(": ")
    return f"{name} ({finding.location.strip('/')}): {reason}" if finding.location else finding.message


def as_dandi_says(record: dict[str, str]) -> tuple[str, str, str]:
    """One record of `dandi validate` as (file, our code, words)."""
    name, code, text = Path(record["path"]).name, record["id"], record["message"]
    if code in DANDI_CODES:
        return name, DANDI_CODES[code], ""
    if code == "pynwb.GENERIC":
        return (name, "dandi.nwb_version", text) if "nwb_version" in text else (name, "cannot be read", "")
    if code.startswith("pynwb."):
        return name, "schema", code.removeprefix("pynwb.")
    if code.startswith("NWBI.During io.read()"):
        return name, "cannot be read", ""
    if crashed := re.match(r"NWBI.During evaluation of '(\w+)'", code):
        return name, f"inspector.{crashed[1]}", "crashed"
    return name, code.replace("NWBI.", "inspector."), text


def as_we_say(finding: Finding) -> tuple[str, str, str]:
    name, code, text = Path(str(finding.path)).name, finding.code, finding.message
    if code in DANDI_CODES.values():
        return name, code, ""
    if code.startswith("schema."):
        return name, "schema", as_pynwb_prints(finding)
    if code.startswith("file."):
        return name, "cannot be read", ""
    return name, code, "crashed" if text.startswith("the check crashed") else text


DANDI_CODES = {
    "DANDI.NON_DANDI_FILENAME": "dandi.filename",
    "DANDI.NON_DANDI_FOLDERNAME": "dandi.folder",
    "DANDI.METADATA_MISMATCH_SUBJECT": "dandi.subject_folder",
}


@pytest.mark.slow
def test_dandi_validate_says_the_same(dandiset):
    records = run(dandiset, "dandi", "validate", "-f", "json_lines", str(dandiset)).stdout.splitlines()
    theirs = {as_dandi_says(json.loads(record)) for record in records}
    # The inspector cannot read such a version, and dandi says so twice.
    theirs -= {("sub-m1_ses-s43_ecephys.nwb", "cannot be read", "")}
    violations = configure_checks(config=load_config("dandi"), importance_threshold=Importance.BEST_PRACTICE_VIOLATION)
    shown = {f"inspector.{check.__name__}" for check in violations}
    findings = [finding for path in sorted(dandiset.rglob("*.nwb")) for finding in file_findings(path)]
    ours = {as_we_say(each) for each in findings if not each.code.startswith("inspector.") or each.code in shown}
    assert ours == theirs
    assert len(theirs) > 20
