"""Metadata of a session that rules of files refuse or warn about, before a file is written."""

import pytest

from nwbgate.conversion.metadata_rules import judge_metadata
from nwbgate.errors import MetadataError

SESSION = {
    "session_start_time": "2016-05-04T10:00:00+00:00", "identifier": "a", "session_id": "s1",
    "keywords": ["spikes", "calcium"], "related_publications": ["doi:10.7554/eLife.51675"],
    "institution": "A university", "virus": "none",
}  # fmt: skip
SUBJECT = {
    "subject_id": "m1", "species": "Mus musculus", "sex": "F", "age": "P90D",
    "date_of_birth": "2016-02-04T10:00:00+00:00",
}  # fmt: skip


def test_valid_metadata_have_no_remark():
    assert judge_metadata({"NWBFile": SESSION, "Subject": SUBJECT}) == ()


def test_metadata_without_optional_sections_have_no_remark():
    assert judge_metadata({"NWBFile": {"session_start_time": "2016-05-04T10:00:00+00:00"}}) == ()


@pytest.mark.parametrize(
    ("section", "name", "value", "where"),
    [
        ("Subject", "date_of_birth", "2017-02-04T10:00:00+00:00", "date_of_birth"),
        ("Subject", "age", "P9D", "age"),
        ("Subject", "age", "P5Y", "age"),
        ("NWBFile", "related_publications", ["doi:10.7554"], "recordings.csv"),
    ],
)
def test_an_impossible_value_is_refused(section, name, value, where):
    metadata = {"NWBFile": dict(SESSION), "Subject": dict(SUBJECT)}
    metadata[section][name] = value
    with pytest.raises(MetadataError) as error:
        judge_metadata(metadata, "recordings.csv, row at line 2")
    assert where in error.value.where
    assert str(value).strip("[]'") in error.value.got


@pytest.mark.parametrize(
    ("section", "name", "value", "code"),
    [
        ("NWBFile", "keywords", ["spikes", "Spikes"], "texts.keyword_is_listed_once"),
        ("NWBFile", "institution", "TBD", "texts.text_is_not_a_placeholder"),
        ("Subject", "genotype", "nan", "texts.text_is_not_a_placeholder"),
        ("Subject", "weight", "25 kg", "session.weight_is_possible"),
    ],
)
def test_an_unusual_value_is_a_remark(section, name, value, code):
    metadata = {"NWBFile": dict(SESSION), "Subject": dict(SUBJECT)}
    metadata[section][name] = value
    (remark,) = judge_metadata(metadata)
    assert code in remark
