"""`nwbgate dandi` prints what an upload would do, and exits by it."""

import json
from shutil import copytree

import pytest

from nwbgate.cli import main
from nwbgate.dandi import init
from support.published_folders import good_folder


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = good_folder(tmp_path_factory.mktemp("folder"), 1)
    init(folder, "000711", contact="Doe, Jane <jane@example.org>", licence=["CC-BY-4.0"], jobs=1)
    return folder


@pytest.fixture
def folder(made, tmp_path):
    return copytree(made, tmp_path / "folder")


def test_a_plan_names_each_file_and_the_totals(folder, capsys):
    assert main(["dandi", "plan", str(folder), "--offline", "--jobs", "1"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[-2].split()[0] == "upload"
    assert printed[-2].endswith("sub-m1/sub-m1_ses-s0_ecephys.nwb")
    assert printed[-1].startswith("dandiset 000711, offline: 1 to upload; ")


def test_a_report_on_standard_output_is_not_mixed_with_the_plan(folder, capsys):
    (folder / "dandiset.yaml").write_text("identifier: DANDI:000711\n")
    assert main(["dandi", "plan", str(folder), "--offline", "--format", "jsonl", "--jobs", "1"]) == 1
    printed = capsys.readouterr()
    codes = {json.loads(line)["id"] for line in printed.out.splitlines()}
    assert {"publish.licence", "publish.dandiset"} <= codes
    assert "1 to refuse" in printed.err


def test_a_folder_without_dandiset_is_a_bad_command_line(tmp_path, capsys):
    assert main(["dandi", "plan", str(tmp_path), "--offline"]) == 2
    assert "what to do: nwbgate dandi init" in capsys.readouterr().err
