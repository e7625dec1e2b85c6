"""Findings about tables point at the line and the character of the first offending cell, in every report."""

import json
import shutil

import pandas as pd
import pytest

import nwbgate
from nwbgate.manifest.csv.csv_file import CsvFile
from nwbgate.report import FORMATS
from support.places import VALID_MANIFEST

CODE = "behavior_sessions.sex.enum"


@pytest.fixture
def manifest(tmp_path):
    folder = shutil.copytree(VALID_MANIFEST, tmp_path / "manifest")
    path = folder / "behavior_session_table.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame.loc[3, "sex"] = "another"
    frame.to_csv(path, index=False)
    return folder


def rendered(manifest, name):
    return FORMATS[name](nwbgate.check(manifest=manifest))


def place(manifest):
    line = (manifest / "behavior_session_table.csv").read_text().splitlines()[4]
    return 5, line.index(",another,") + 2


def test_the_text_names_line_and_character(manifest):
    line, character = place(manifest)
    assert f"behavior_session_table.csv, line {line}, character {character}\n" in rendered(manifest, "text")


def test_annotations_point_at_them(manifest):
    line, character = place(manifest)
    assert f"behavior_session_table.csv,line={line},col={character},title={CODE}" in rendered(manifest, "github")


def test_sarif_has_them_as_region_and_says_where_the_tool_is_documented(manifest):
    (run,) = json.loads(rendered(manifest, "sarif"))["runs"]
    (result,) = run["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"]) == place(manifest)
    assert run["tool"]["driver"]["informationUri"].startswith("https://")


def test_json_lines_have_them(manifest):
    first = json.loads(rendered(manifest, "jsonl").splitlines()[0])
    assert (first["metadata"]["line"], first["metadata"]["character"]) == place(manifest)


def test_lines_are_those_of_the_file_although_rows_are_empty(manifest):
    path = manifest / "behavior_session_table.csv"
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([header, "," * header.count(","), *rows]) + "\n")
    (finding,) = nwbgate.check(manifest=manifest).records
    assert (finding.line, finding.character) == (6, None)


def test_a_missing_column_is_about_the_header(manifest):
    path = manifest / "ophys_session_table.csv"
    pd.read_csv(path, dtype=str, keep_default_na=False).drop(columns="sex").to_csv(path, index=False)
    lines = {finding.code: finding.line for finding in nwbgate.check(manifest=manifest, spec="visual_behavior").records}
    assert lines["ophys_sessions.sex.present"] == 1


def test_quotes_before_a_cell_are_counted(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('a,b,c\n"x, ""y""",2,3\n')
    assert CsvFile(path).character(0, "c") == path.read_text().splitlines()[1].index("3") + 1
    assert CsvFile(path).character(0, "z") is None
