"""What the command lines of the validators print about good and bad files is what we say, message by message."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from nwbinspector import Importance, configure_checks, load_config

from nwbgate.rules.rule import Finding
from nwbgate.validators.file_findings import file_findings
from support.made_nwb_files import (
    cube_of_keywords,
    damaged_timestamps,
    edit,
    extension,
    naive_time,
    poor_session,
    text_for_numbers,
    two_files_linked,
    without_description,
    without_unit,
    write,
)
from support.places import ROOT

BIN = Path(sys.executable).parent


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
    for finding in (finding for path in paths for finding in file_findings(path, layout=False, follow_links=True)):
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
    folder = ROOT / ".." / "shared" / "data" / "visual_behavior_release" / "behavior_sessions"
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
        findings = file_findings(path, follow_links=True)
        schema = [each for each in findings if each.validator == "pynwb" and each.code.startswith("schema.")]
        ours.update((path.name, as_pynwb_prints(finding)) for finding in schema)
        unreadable = any(finding.code == "file.unreadable" for finding in findings)
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
    findings = [
        finding for path in sorted(dandiset.rglob("*.nwb")) for finding in file_findings(path, follow_links=True)
    ]
    ours = {as_we_say(each) for each in findings if not each.code.startswith("inspector.") or each.code in shown}
    assert ours == theirs
    assert len(theirs) > 20
