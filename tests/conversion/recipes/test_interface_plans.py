"""Sessions of a recipe of interfaces, found by path patterns."""

from pathlib import Path

import pytest

from nwbgate.conversion.recipes.interface_plans import plan_interfaces, words_of
from nwbgate.conversion.recipes.recipe_file import InterfaceEntry
from nwbgate.conversion.sources.session_rows import SessionRow
from nwbgate.errors import UsageError

PATTERN = "{subject_id}/{session_id}/trials.csv"


def entry(interface="CsvTimeIntervalsInterface", **more):
    return InterfaceEntry.model_validate({"interface": interface, **more})


def plans_of(root, rows=(), options=None, **interfaces):
    return plan_interfaces(interfaces, [root], options or {}, rows=rows, recipe=Path("conversion.yaml"))


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    for name in ("m1/d1/trials.csv", "m1/d1/video/a.avi", "m1/d2/trials.csv", "m1/rig.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    return folder


def test_fields_become_metadata_and_folders_all_their_files(root):
    first, second = plans_of(
        root,
        Trials=entry(source_data={"file_path": PATTERN}),
        Video=entry(source_data={"folder_path": "{subject_id}/{session_id}/video"}, optional=True),
    )
    assert first.metadata == {"NWBFile": {"session_id": "d1"}, "Subject": {"subject_id": "m1"}}
    assert first.sources == (root / "m1/d1/trials.csv", root / "m1/d1/video/a.avi")
    assert first.source_data["Video"] == {"folder_path": str(root / "m1/d1/video")}
    assert list(second.source_data) == ["Trials"]
    assert second.remarks == ("without Video: no source of it",)


def test_a_source_of_the_subject_is_shared_by_its_sessions(root):
    plans = plans_of(
        root,
        Trials=entry(source_data={"file_path": PATTERN}),
        Rig=entry(source_data={"file_path": "{subject_id}/rig.json"}),
    )
    assert [plan.source_data["Rig"]["file_path"] for plan in plans] == [str(root / "m1/rig.json")] * 2


def test_a_missing_source_names_interface_session_and_path(root):
    first, second = plans_of(
        root,
        Trials=entry(source_data={"file_path": PATTERN}),
        Video=entry(source_data={"folder_path": "{subject_id}/{session_id}/video"}),
    )
    assert not first.problems
    assert second.problems[0].splitlines() == [
        "a source is missing",
        "  where: session d2, interface Video: folder_path",
        "  got: no such file or folder",
        f"  expected: {root / 'm1/d2/video'}",
        "  what to do: add the file, or set optional: true in the recipe",
    ]


def test_several_paths_for_one_source_are_a_problem(root):
    plans = plans_of(root, Trials=entry(source_data={"file_path": "{subject_id}/{}/trials.csv"}))
    assert plans[0].problems[0].startswith("2 paths fit one source")


def test_without_fields_each_folder_is_a_session(root):
    (plan,) = plans_of(root / "m1" / "d1", Trials=entry(source_data={"file_path": "trials.csv"}))
    assert plan.session_id == "d1"
    assert plan.sources == (root / "m1/d1/trials.csv",)


def test_words_are_options_and_columns_of_the_table(root):
    rows = [SessionRow({"session_id": "d1", "subject_id": ""}, {}, {"delay": 1.5, "plane": "plane1"})]
    trials = entry(
        source_data={"file_path": PATTERN, "plane_name": "{plane}", "sep": "{sep}"},
        conversion_options={"description": "plane {plane}"},
        alignment={"shift": "{delay}"},
    )
    assert words_of({"Trials": trials}) == {"subject_id", "session_id", "plane", "sep", "delay"}
    first, _ = plans_of(root, rows, {"sep": ";"}, Trials=trials)
    assert first.source_data["Trials"] == {
        "file_path": str(root / "m1/d1/trials.csv"), "plane_name": "plane1", "sep": ";",
    }  # fmt: skip
    assert first.conversion_options == {"Trials": {"description": "plane plane1"}}
    assert first.alignment == {"Trials": {"shift": 1.5}}


def test_a_clock_is_a_source_too(root):
    clock = {"clock": {"file_path": "{subject_id}/{session_id}/video/a.avi", "column": "time"}}
    first, second = plans_of(root, Trials=entry(source_data={"file_path": PATTERN}, alignment=clock))
    assert first.alignment["Trials"]["clock"]["file_path"] == str(root / "m1/d1/video/a.avi")
    assert root / "m1/d1/video/a.avi" in first.sources
    assert "alignment.clock.file_path" in second.problems[0]


def test_a_folder_that_fits_no_pattern_is_an_error(root):
    with pytest.raises(UsageError, match=r"(?s)no source of the recipe.*\{subject_id\}/nothing\.csv"):
        plans_of(root, Trials=entry(source_data={"file_path": "{subject_id}/nothing.csv"}))
    with pytest.raises(UsageError, match="the source is not a folder"):
        plans_of(root / "m1/rig.json", Trials=entry(source_data={"file_path": PATTERN}))
