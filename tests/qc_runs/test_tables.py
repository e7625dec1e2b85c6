"""Measurements that were written are judged again without the files, and none of what was wrong is lost."""

import pytest
import yaml

from nwbgate.errors import TableError
from nwbgate.qc_runs.run import run_quality
from nwbgate.qc_runs.tables import MEASUREMENTS, read_measurements, write_table
from support.any_nwb_file import make_empty_nwb_file
from support.quality_files import TRAINING, copied, session, truncated


@pytest.fixture(scope="module")
def training(tmp_path_factory):
    return session(tmp_path_factory.getbasetemp(), TRAINING)


def test_stored_measurements_are_judged_again_by_other_limits(training, tmp_path):
    first = run_quality([training], jobs=1)
    write_table(first.measurements, tmp_path, MEASUREMENTS)
    again = run_quality(measured_in=tmp_path)
    assert again.results.equals(first.results)
    assert again.measurements.equals(first.measurements)
    strict = tmp_path / "strict"
    strict.mkdir()
    limits = {
        "title": "No session is long enough", "metric": "clocks.stimulus_rate", "fail": {"minimum": 1e6},
        "reason": "a test", "source": "a test",
    }  # fmt: skip
    (strict / "qc.yaml").write_text(yaml.safe_dump({"criteria": {"strict": limits}}))
    assert [finding.code for finding in run_quality(measured_in=tmp_path, spec=strict).report.records] == ["qc.strict"]
    assert [quality.name for quality in read_measurements(tmp_path)] == [TRAINING]


def test_a_file_that_could_not_be_measured_is_not_passed_over_when_judged_again(training, tmp_path):
    sound = copied(training, tmp_path / "a;b")
    broken = truncated(copied(training, tmp_path / "broken", "1900011499"))
    first = run_quality([sound, broken, make_empty_nwb_file(tmp_path / "bare.nwb")], jobs=1)
    write_table(first.measurements, tmp_path, MEASUREMENTS)
    again = run_quality(measured_in=tmp_path)
    assert {"file.unreadable", "qc.measurable"} <= {finding.code for finding in first.report.records}
    assert again.report.records == first.report.records
    assert again.report.exit_code == first.report.exit_code == 1
    assert read_measurements(tmp_path)[0].files == (sound,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "no stored measurements"),
        ("scope,session,file\n", "no column 'metric'"),
        ("scope,session,file,metric,value,unit,object,window,reason\nsession,s,f,m,much,1,o,,\n", "not a number"),
    ],
)
def test_a_table_of_measurements_that_is_none_is_refused(text, said, tmp_path):
    if text:
        (tmp_path / "measurements.csv").write_text(text)
    with pytest.raises(TableError) as caught:
        run_quality(measured_in=tmp_path)
    assert said in caught.value.what
