"""Metadata that DANDI refuses: found before a source is read, under the name of the field or the row of the table."""

from datetime import UTC, datetime, timedelta

import pytest
from neuroconv.utils import dict_deep_update
from nwbinspector import configure_checks, inspect_nwbfile_object, load_config
from pynwb import NWBFile, read_nwb
from pynwb.file import Subject

import nwbgate
from nwbgate.conversion.batches.batch import convert_batch
from nwbgate.conversion.batches.task import Settings
from nwbgate.conversion.subject import refuse_subject
from nwbgate.errors import MetadataError
from nwbgate.findings.validator_codes import inspector_entry
from nwbgate.rules.rule import Severity
from nwbgate.samples.dataset_ii import make_recordings
from support.maze_conversion import METADATA, NumbersInterface, convert
from support.maze_sources import make_maze

SUBJECT = {"subject_id": "m1", "species": "Mus musculus", "sex": "M", "age": "P90D"}
BORN = datetime(2020, 1, 1, tzinfo=UTC)
WRONG = {
    "age": ["90 days", "P100D/P90D", "P90D/P90D", "P", None],
    "sex": ["male", "XX", None],
    "species": ["mouse", "mus musculus", None],
    "weight": ["heavy", "20", "20g"],
    "subject_id": ["m/1", None],
}
RIGHT = {
    "age": ["P90D", "P63D/P147D", "P90D/"],
    "sex": ["M", "U"],
    "species": ["Rattus norvegicus", "http://purl.obolibrary.org/obo/NCBITaxon_10090"],
    "weight": ["0.02 kg", "20 g", "20.5 G"],
    "date_of_birth": [BORN],
}


def cases(values):
    return [(name, value) for name, each in values.items() for value in each]


def refused_by_inspector(**subject):
    """What NWB Inspector, as DANDI runs it, says of a file with this subject, as far as it fails a check of ours."""
    nwbfile = NWBFile(
        session_description="d", identifier="i", session_start_time=BORN, subject=Subject(**subject), session_id="s"
    )
    checks = configure_checks(config=load_config("dandi"))
    messages = inspect_nwbfile_object(nwbfile, checks=checks)
    entries = [inspector_entry(message.check_function_name, message.importance.name) for message in messages if message]
    return [entry.code for entry in entries if entry.severity is Severity.ERROR and "subject" in entry.code]


@pytest.mark.parametrize(("name", "value"), cases(WRONG))
def test_a_subject_that_nwb_inspector_would_refuse_is_refused_under_the_name_of_the_field(name, value):
    subject = {key: each for key, each in {**SUBJECT, name: value}.items() if each is not None}
    with pytest.raises(MetadataError, match=rf"Subject\.{name}"):
        refuse_subject({"Subject": subject})
    assert refused_by_inspector(**subject)


@pytest.mark.parametrize(("name", "value"), cases(RIGHT))
def test_a_subject_that_nwb_inspector_takes_is_taken(name, value):
    refuse_subject({"Subject": {**SUBJECT, name: value}})
    assert not refused_by_inspector(**{**SUBJECT, name: value})


def test_a_date_of_birth_stands_for_an_age_and_a_worm_has_another_sex():
    refuse_subject({"Subject": {**SUBJECT, "age": None, "date_of_birth": BORN}})
    refuse_subject({"Subject": {**SUBJECT, "species": "Caenorhabditis elegans", "sex": "XX"}})


@pytest.mark.parametrize(
    ("metadata", "named"),
    [
        ({}, "Subject"),
        ({"Subject": SUBJECT, "NWBFile": {"session_start_time": datetime.now(UTC) + timedelta(1)}}, "start_time"),
        ({"Subject": SUBJECT, "NWBFile": {"session_id": "a/b"}}, "session_id"),
    ],
)
def test_a_missing_subject_a_start_in_the_future_and_a_slash_are_refused(metadata, named):
    with pytest.raises(MetadataError, match=named):
        refuse_subject(metadata)


@pytest.mark.parametrize("dry_run", [False, True])
def test_nothing_is_read_or_written_before(source, tmp_path, dry_run):
    read = []

    class Watched(NumbersInterface):
        def add_to_nwbfile(self, nwbfile, metadata=None):
            read.append(True)

    metadata = {"Subject": {**SUBJECT, "age": "P10D/P8D"}, "NWBFile": {"session_id": "1"}}
    with pytest.raises(MetadataError, match=r"Subject\.age"):
        nwbgate.convert_session(Watched(path=source), tmp_path / "n.nwb", metadata=metadata, dry_run=dry_run)
    assert not read
    assert not (tmp_path / "n.nwb").exists()


def test_who_checks_the_file_in_another_way_is_not_asked(source, tmp_path):
    metadata = dict_deep_update(METADATA, {"Subject": {"weight": "heavy"}})
    assert convert(source, tmp_path / "s.nwb", metadata=metadata, check=False).status == "converted"


def test_the_row_of_the_table_is_named(tmp_path):
    (recording,) = make_recordings(tmp_path / "sources", recordings=1, seconds=2.0, sampling_rate=1000.0)
    table = tmp_path / "recordings.csv"
    table.write_text(f"recording_id,subject_id\n{recording.stem},m-1\n")
    given = {"Subject": {"weight": "heavy"}}
    (outcome,) = convert_batch(
        "dataset-ii", [recording], tmp_path / "nwb", options={"recordings": str(table)}, metadata=given
    )
    assert outcome.status == "failed"
    assert f"{table}, row at line 2: Subject.weight" in outcome.reason


class TestTimes:
    """Times without a zone in metadata, of the converter or of somebody else."""

    def test_a_naive_start_of_the_converter_is_refused(self, tmp_path):
        source = make_maze(tmp_path / "sources" / "s1.csv")
        source.write_text(source.read_text().replace("+00:00", ""))
        with pytest.raises(MetadataError, match="no time zone"):
            convert(source, tmp_path / "s.nwb")
        result = convert(source, tmp_path / "s.nwb", timezone="America/New_York")
        assert read_nwb(result.path).session_start_time.isoformat() == "2024-05-01T10:00:00-04:00"

    def test_a_naive_start_of_the_metadata_is_refused_or_placed(self, source, tmp_path):
        metadata = dict_deep_update(METADATA, {"NWBFile": {"session_start_time": datetime(2024, 5, 1, 10)}})
        with pytest.raises(MetadataError, match=r"NWBFile\.session_start_time"):
            convert(source, tmp_path / "s.nwb", metadata=metadata)
        assert convert(source, tmp_path / "s.nwb", metadata=metadata, timezone="UTC", dry_run=True)

    def test_a_naive_date_of_birth_is_refused_or_placed(self, source, tmp_path):
        metadata = dict_deep_update(METADATA, {"Subject": {"date_of_birth": datetime(2024, 2, 1)}})
        with pytest.raises(MetadataError, match=r"Subject\.date_of_birth"):
            convert(source, tmp_path / "s.nwb", metadata=metadata)
        assert convert(source, tmp_path / "s.nwb", metadata=metadata, timezone="UTC").status == "converted"

    def test_the_zone_is_for_times_of_the_table_too(self, tmp_path):
        (recording,) = make_recordings(tmp_path / "sources", recordings=1, seconds=2.0, sampling_rate=1000.0)
        table = tmp_path / "recordings.csv"
        table.write_text(f"recording_id,session_start_time\n{recording.stem},2015-03-02 10:00\n")
        options = {"recordings": str(table), "timezone": "America/Los_Angeles"}
        (outcome,) = convert_batch("dataset-ii", [recording], tmp_path / "nwb", options=options)
        assert outcome.status == "converted", outcome.reason
        start = read_nwb(outcome.path).session_start_time
        assert start.isoformat() == "2015-03-02T10:00:00-08:00"

    def test_a_zone_that_is_none_is_refused_before_anything(self, source, tmp_path):
        with pytest.raises(nwbgate.NwbgateError, match="unknown time zone"):
            convert_batch("dataset-ii", [source], tmp_path / "nwb", settings=Settings(timezone="Seattle"))
