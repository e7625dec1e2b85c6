"""One session of a batch: its outcome says what happened, whoever was at fault."""

from pathlib import Path

import pytest

from nwbgate.conversion.batches.batch import prepare
from nwbgate.conversion.batches.outcome import SessionStatus
from nwbgate.conversion.batches.task import Settings, merged_metadata, run
from nwbgate.conversion.recipes.recipe import load_recipe
from nwbgate.errors import CheckError
from nwbgate.interfaces.plan import SessionPlan
from nwbgate.samples.dataset_ii import make_recording
from nwbgate.writing import provenance
from support.hostile_sources import HOSTILE_RECIPE, make_hostile
from support.maze_sources import THIRD_RECIPE, make_maze


def outcome(tmp_path: Path, behaviour: str, **settings: object):
    folder = make_hostile(tmp_path / "sources", s1=behaviour)
    (task,) = prepare(HOSTILE_RECIPE, [folder], tmp_path / "nwb", settings=Settings(**settings))
    return run(task)


def test_a_converted_session_says_where_its_file_is_and_how_large(tmp_path):
    found = outcome(tmp_path, "fine")
    assert found.status is SessionStatus.CONVERTED
    assert found.path == tmp_path / "nwb" / "sub-rat7" / "sub-rat7_ses-s1.nwb"
    assert found.bytes == found.path.stat().st_size
    assert found.source_bytes == len("fine")
    assert found.sources == (tmp_path / "sources" / "s1.txt",)
    assert found.seconds > 0
    assert (found.reason, found.broke) == ("", False)


def test_a_second_time_it_is_skipped_and_overwrite_converts_it(tmp_path):
    statuses = [outcome(tmp_path, "fine", **settings).status for settings in ({}, {}, {"overwrite": True})]
    assert statuses == [SessionStatus.CONVERTED, SessionStatus.SKIPPED, SessionStatus.CONVERTED]


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(tmp_path):
    assert outcome(tmp_path, "crash", dry_run=True).status is SessionStatus.WOULD_CONVERT
    assert not (tmp_path / "nwb").exists()
    assert outcome(tmp_path, "refuse", dry_run=True).status is SessionStatus.FAILED
    outcome(tmp_path, "fine")
    assert outcome(tmp_path, "fine", dry_run=True).status is SessionStatus.SKIPPED


def test_an_excluded_session_is_not_looked_at(tmp_path):
    found = outcome(tmp_path, "exclude")
    assert (found.status, found.reason) == (SessionStatus.EXCLUDED, "not wanted")
    assert not (tmp_path / "nwb").exists()


def test_an_error_for_people_is_the_reason_in_all_its_parts(tmp_path):
    found = outcome(tmp_path, "refuse")
    assert found.status is SessionStatus.FAILED
    source = tmp_path / "sources" / "s1.txt"
    assert found.reason == f"refused\n  where: {source}\n  got: a\n  expected: b\n  what to do: c"
    assert not found.broke


@pytest.mark.parametrize(("behaviour", "said"), [("crash", "ValueError: crashed"), ("exhaust", "MemoryError")])
def test_what_a_foreign_converter_raises_is_not_our_fault(behaviour, said, tmp_path):
    found = outcome(tmp_path, behaviour)
    assert found.status is SessionStatus.FAILED
    assert said in found.reason
    assert "converter" in found.reason
    assert str(tmp_path / "sources" / "s1.txt") in found.reason
    assert "hostile.py" in found.traceback
    assert not found.broke


def test_what_nwbgate_itself_raises_is(tmp_path):
    found = outcome(tmp_path, "bug")
    assert found.status is SessionStatus.FAILED
    assert found.broke
    assert "nwbgate broke" in found.reason


@pytest.mark.parametrize(
    "error", [RuntimeError("Unable to read (errno = 5, error message = 'I/O error')"), OSError(5, "x")]
)
def test_a_disk_that_fails_is_no_fault_of_ours(tmp_path, error):
    """HDF5 names the number of the system in the text of errors of other kinds."""
    found = outcome(tmp_path, "fine", check=lambda path: raising(error))
    assert found.status is SessionStatus.FAILED
    assert not found.broke
    assert "broke" not in found.reason


def raising(error):
    raise error


def test_a_file_that_fails_the_real_check_does_not_appear(tmp_path):
    found = outcome(tmp_path, "invalid")
    assert found.status is SessionStatus.FAILED
    assert "species" in found.reason
    assert not (tmp_path / "nwb").exists()


def test_another_check_can_be_given(tmp_path):
    def refuse(path):
        raise CheckError("never good enough")

    assert "never good enough" in outcome(tmp_path, "fine", check=refuse).reason
    assert outcome(tmp_path, "invalid", check=False).status is SessionStatus.CONVERTED


def test_a_subject_that_dandi_refuses_fails_the_session(tmp_path):
    found = outcome(tmp_path, "bad id")
    assert found.status is SessionStatus.FAILED
    assert "subject_id" in found.reason


def test_warnings_about_the_source_and_remarks_of_the_plan_are_kept_and_those_of_libraries_are_not(tmp_path):
    with pytest.warns(FutureWarning, match="grumbles"):
        found = outcome(tmp_path, "warn")
    assert found.remarks == ("look at this",)
    assert outcome(tmp_path, "remark", overwrite=True).remarks == ("remarkable",)


def test_warnings_from_the_building_of_the_converter_are_kept_too(tmp_path):
    source = make_recording(tmp_path / "103991.h5", seconds=5, sampling_rate=4000, fault="durations_differ")
    (task,) = prepare(load_recipe("dataset-ii"), [source], tmp_path / "nwb", settings=Settings())
    (remark,) = run(task).remarks
    assert "ephys and ophys end more than one frame apart" in remark


def test_metadata_of_the_user_win_over_the_plans_and_those_over_the_recipes(tmp_path):
    recipe = load_recipe(THIRD_RECIPE)
    plan = SessionPlan("s1", (), {}, metadata={"NWBFile": {"session_id": "s1", "lab": "plan", "institution": "plan"}})
    merged = merged_metadata(recipe, plan, {"NWBFile": {"lab": "user", "keywords": ["mine"]}})
    assert merged["NWBFile"]["lab"] == "user"
    assert merged["NWBFile"]["institution"] == "plan"
    assert merged["NWBFile"]["keywords"] == ["mine"]
    assert merged["Subject"] == recipe.metadata["Subject"]
    assert recipe.metadata["NWBFile"]["lab"] == "Maze lab"


def test_moved_sources_are_up_to_date_and_other_source_data_are_not(tmp_path):
    source = make_maze(tmp_path / "sources" / "s1.csv")
    (task,) = prepare(THIRD_RECIPE, [source], tmp_path / "nwb")
    path = run(task).path
    assert provenance.read(path)["parameters"]["source_data"] == {"Positions": {"file_path": "s1.csv"}}
    moved = tmp_path / "elsewhere" / "s1.csv"
    moved.parent.mkdir()
    source.rename(moved)
    (task,) = prepare(THIRD_RECIPE, [moved], tmp_path / "nwb")
    assert run(task).status is SessionStatus.SKIPPED
    task.plan.source_data["Positions"]["verbose"] = True
    assert run(task).status is SessionStatus.CONVERTED


def test_a_source_that_is_gone_fails_its_session(tmp_path):
    folder = make_hostile(tmp_path / "sources", s1="fine")
    (task,) = prepare(HOSTILE_RECIPE, [folder], tmp_path / "nwb")
    (folder / "s1.txt").unlink()
    found = run(task)
    assert found.status is SessionStatus.FAILED
    assert not found.broke
