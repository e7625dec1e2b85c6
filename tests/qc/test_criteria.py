"""Criteria are read from YAML, and every mistake in them is said with its place."""

import copy
import math

import pytest

from nwbgate.errors import SpecError
from nwbgate.qc.criteria import Criterion, Limits, Status
from nwbgate.qc.criteria_files import has_criteria, load_criteria, read_criteria, recognise_criteria, shipped_criteria
from support.qc_files import CRITERIA, write_criteria


def changed(*path: str, value: object) -> dict:
    """The criteria with one value changed; None takes the key away."""
    content = copy.deepcopy(CRITERIA)
    place = content
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    if value is None:
        del place[path[-1]]
    return content


def test_a_folder_and_its_file_are_the_same(tmp_path):
    folder = write_criteria(tmp_path / "mine")
    assert load_criteria(folder) == load_criteria(folder / "qc.yaml")
    assert load_criteria(folder).name == "mine"


def test_the_version_of_a_shipped_dataset_is_left_out():
    name = next(iter(shipped_criteria()))
    assert load_criteria(f"{name.replace('_', '-')}@1.1.0") == shipped_criteria()[name]


def test_an_unknown_name_names_the_nearest(tmp_path):
    name = next(iter(shipped_criteria()))
    with pytest.raises(SpecError) as caught:
        load_criteria(f"{name}x")
    assert name in caught.value.fix
    assert not has_criteria(tmp_path)
    assert has_criteria(write_criteria(tmp_path))


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("criteria", "lag", "metrik"), "x", "unknown key 'metrik'"),
        (("criteria", "lag", "fail"), {"maximun": 1}, "unknown key 'maximun'"),
        (("criteria", "lag", "reason"), None, "reason: this key is missing"),
        (("criteria", "lag", "source"), "", "source: "),
        (("criteria", "lag", "fail"), {}, "minimum or a maximum"),
        (("criteria", "lag", "fail"), {"minimum": 2, "maximum": 1}, "above the maximum"),
        (("criteria", "lag", "fail"), {"maximum": "much"}, "maximum: "),
        (("criteria", "lag", "fail"), {"maximum": True}, "a limit must be a number"),
        (("criteria", "lag", "fail"), {"maximum": math.nan}, "maximum: "),
        (("criteria", "lag", "fail"), {"maximum": math.inf}, "maximum: "),
        (("criteria", "lag", "warn"), {"maximum": 0.06}, "outside of the same limit of fail"),
        (("criteria", "lag", "warn"), {"minimum": -0.06}, "outside of the same limit of fail"),
        (("criteria", "share", "fail"), None, "needs limits under fail, warn or both"),
        (("criteria", "lag", "unmeasured"), "pass", "unmeasured: "),
        (("criteria", "Lag"), CRITERIA["criteria"]["lag"], "'Lag' may contain only small letters"),
        (("manual", "lag"), CRITERIA["manual"]["brain_health"], "lag is both a measured and a manual criterion"),
        (("criteria",), ["lag"], "criteria: "),
        (("criteria", "lag", "modality"), "ephys", "modality: "),
    ],
)
def test_a_mistake_is_said_with_its_place(path, value, said, tmp_path):
    folder = write_criteria(tmp_path, changed(*path, value=value))
    with pytest.raises(SpecError) as caught:
        load_criteria(folder)
    assert said in caught.value.what
    assert str(folder / "qc.yaml") in caught.value.where
    assert caught.value.exit_code == 2


def test_a_typo_names_the_nearest_key(tmp_path):
    folder = write_criteria(tmp_path, changed("criteria", "lag", "metrik", value="x"))
    with pytest.raises(SpecError, match="did you mean 'metric'"):
        load_criteria(folder)


@pytest.mark.parametrize("content", ["criteria: {}\n", "title: nothing\n", "- a list\n", "criteria: [\n"])
def test_a_file_without_criteria_is_refused(content, tmp_path):
    with pytest.raises(SpecError):
        read_criteria(write_criteria(tmp_path, content) / "qc.yaml")


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (0.03, Status.PASS),
        (0.0300001, Status.WARNING),
        (0.05, Status.WARNING),
        (0.0500001, Status.FAIL),
        (-0.05, Status.PASS),
        (-0.0500001, Status.FAIL),
        (math.nan, Status.NOT_MEASURED),
    ],
)
def test_a_value_at_its_limit_passes(value, status, tmp_path):
    assert load_criteria(write_criteria(tmp_path)).criteria["lag"].status(value) is status


def test_a_nan_holds_no_limit():
    assert not Limits(minimum=0).hold(math.nan)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"maximum": 0.2}, "above 0.2 s"),
        ({"minimum": 3}, "below 3 s"),
        ({"minimum": 1, "maximum": 2}, "outside 1 to 2 s"),
        ({"minimum": 0, "maximum": 0}, "unless 0 s"),
    ],
)
def test_limits_are_said_in_words(limits, words):
    assert Limits(**limits).outside("s") == words
    criterion = Criterion(title="t", metric="m", fail=limits, reason="r", source="s")
    assert criterion.threshold("s") == f"Fail {words}"


def test_measurements_are_known_by_their_metrics(tmp_path):
    mine = load_criteria(write_criteria(tmp_path / "mine"))
    other = load_criteria(write_criteria(tmp_path / "other", changed("criteria", "lag", "metric", value="other.lag")))
    known = {"mine": mine, "other": other}
    assert recognise_criteria({"spikes.lag", "spikes.off"}, known) is mine
    assert recognise_criteria({"other.lag"}, known) is other
    assert recognise_criteria({"unknown"}, known) is None
    assert recognise_criteria([], known) is None


def test_measurements_that_fit_two_sets_are_not_guessed(tmp_path):
    mine = load_criteria(write_criteria(tmp_path))
    with pytest.raises(SpecError, match="several sets of criteria fit"):
        recognise_criteria({"spikes.lag"}, {"one": mine, "two": mine})


def test_no_code_of_a_criterion_means_two_things():
    """Two datasets may have a criterion of one name only where it says the same."""
    titles: dict[str, str] = {}
    for criteria in shipped_criteria().values():
        for name, title in criteria.titles.items():
            assert titles.setdefault(name, title) == title, name
