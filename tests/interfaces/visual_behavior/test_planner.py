"""The sessions of a release, chosen by its tables: filters, names, what is not downloaded, and what is refused."""

import shutil

import pytest

from nwbgate.conversion.batches.batch import convert_batch
from nwbgate.conversion.recipes.recipe import load_recipe
from nwbgate.errors import TableError, UsageError
from nwbgate.samples.visual_behavior import make_release

IMAGED, PASSIVE, GRATINGS, FLASHED = "1900011001", "1900011201", "1900011401", "1900011501"


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    make_release(folder)
    return folder


@pytest.fixture
def copied(release, tmp_path):
    return shutil.copytree(release, tmp_path / "release")


def plan(release, **options):
    recipe = load_recipe("visual-behavior")
    return recipe.plan(recipe.find_sources([release]), options)


def there(plans):
    return [each.session_id for each in plans if not each.excluded]


def test_each_session_is_one_file_named_for_what_it_holds(release):
    names = {each.session_id: each.output.rpartition("_")[2] for each in plan(release) if not each.excluded}
    assert names == {
        IMAGED: "behavior+image+ophys.nwb",
        PASSIVE: "behavior+image+ophys.nwb",
        GRATINGS: "behavior.nwb",
        FLASHED: "behavior.nwb",
    }


def test_the_planes_of_a_session_are_its_sources(release):
    (imaged,) = plan(release, sessions=IMAGED)
    assert [path.stem[-10:] for path in imaged.sources] == ["1900011010", "1900011012"]


def test_a_plane_may_have_a_file_of_its_own(release):
    plans = plan(release, sessions=IMAGED, layout="plane")
    assert [each.output.partition("_desc-")[2] for each in plans] == [
        "1900011010_behavior+image+ophys.nwb",
        "1900011012_behavior+image+ophys.nwb",
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"sessions": f"{GRATINGS}, {PASSIVE}"}, {GRATINGS, PASSIVE}),
        ({"mouse": "457841"}, {IMAGED}),
        ({"project_code": "VisualBehaviorMultiscope"}, {IMAGED}),
        ({"where": "session_type == 'TRAINING_1_gratings'"}, {GRATINGS}),
        ({"mouse": "453988", "where": "session_number == 5"}, {PASSIVE}),
    ],
)
def test_a_filter_chooses_sessions(release, options, expected):
    assert set(there(plan(release, **options))) == expected


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"sessions": "1900011402"}, r"no session '1900011402'(?![\s\S]*did you mean)"),
        ({"mouse": "457842"}, r"no mouse_id '457842'(?![\s\S]*did you mean)"),
        ({"project_code": "VisualBehaviour"}, "did you mean 'VisualBehavior"),
        ({"where": "session_typo == 1"}, "invalid query"),
        ({"where": "1 + 1"}, "invalid query"),
        ({"mouse": "457841", "where": "session_number == 5"}, "no session matches the filters"),
        ({"timezone": "America/Los_Angles"}, "unknown time zone"),
        ({"sessions": ""}, r"a filter has no value[\s\S]*option sessions"),
        ({"mouse": " , "}, "a filter has no value"),
        ({"where": ""}, "a filter has no value"),
    ],
)
def test_a_filter_that_fits_nothing_is_refused(release, options, said):
    with pytest.raises(UsageError, match=said):
        plan(release, **options)


def test_files_have_no_tables_to_filter(release):
    recipe, (path, *_) = load_recipe("visual-behavior"), sorted(release.rglob("*.nwb"))
    with pytest.raises(UsageError, match="no tables to filter"):
        recipe.plan([path], {"mouse": "457841"})


def test_what_is_not_downloaded_is_listed_and_not_converted(copied):
    next(copied.rglob("behavior_session_1900011401.nwb")).unlink()
    next(copied.rglob("*_1900011012.nwb")).unlink()
    excluded = {each.session_id: each.excluded for each in plan(copied)}
    assert excluded[GRATINGS] == "not downloaded"
    assert excluded[IMAGED].startswith("1 of 2 planes not downloaded: behavior_ophys_experiment_1900011012.nwb")
    assert excluded[FLASHED] == ""


def test_tables_that_say_nothing_of_what_there_is_need_not_be_there(copied):
    for name in ("ophys_cells_table", "ophys_session_table"):
        next(copied.rglob(f"{name}.csv")).unlink()
    assert there(plan(copied)) == [IMAGED, PASSIVE, GRATINGS, FLASHED]


def test_a_release_without_its_table_of_planes_is_refused(copied):
    next(copied.rglob("ophys_experiment_table.csv")).unlink()
    with pytest.raises(TableError, match="the release has no ophys_experiment_table") as error:
        plan(copied)
    assert "nwbgate fetch visual-behavior" in error.value.fix


def in_table(name, change):
    """Return a function that changes the lines of a table of a release."""

    def spoil(release):
        path = next(release.rglob(f"{name}.csv"))
        path.write_text("\n".join(change(path.read_text().splitlines())) + "\n")

    return spoil


def swap(old, new):
    return lambda lines: "\n".join(lines).replace(old, new, 1).splitlines()


SESSIONS, PLANES = "behavior_session_table", "ophys_experiment_table"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (in_table(SESSIONS, swap(GRATINGS, "x")), r"a row has no behavior_session_id[\s\S]*row 3[\s\S]*got: 'x'"),
        (in_table(SESSIONS, swap(GRATINGS, "")), "a row has no behavior_session_id"),
        (in_table(SESSIONS, swap("457841", "")), "a row has no mouse_id"),
        (in_table(SESSIONS, swap("TRAINING_1_gratings", "")), "a row has no session_type"),
        (in_table(SESSIONS, swap("mouse_id", "mouse")), "the table has no column mouse_id"),
        (
            in_table(SESSIONS, lambda lines: [*lines, lines[1]]),
            f"two rows share one behavior_session_id[\\s\\S]*{IMAGED}",
        ),
        (in_table(PLANES, swap("1900011010", "x")), "a row has no ophys_experiment_id"),
        (in_table(PLANES, lambda lines: [*lines, lines[1]]), "two rows share one ophys_experiment_id"),
    ],
)
def test_a_table_that_does_not_say_what_its_rows_are_of_is_refused(copied, spoil, said):
    spoil(copied)
    with pytest.raises(TableError, match=said):
        plan(copied)


def test_a_plane_that_only_the_table_of_sessions_lists_is_not_passed_over(copied):
    in_table(PLANES, lambda lines: [line for line in lines if not line.startswith("1900011012")])(copied)
    (imaged,) = plan(copied, sessions=IMAGED)
    assert [path.stem[-10:] for path in imaged.sources] == ["1900011010", "1900011012"]


@pytest.mark.parametrize(
    ("content", "got"),
    [
        ("{", "Invalid JSON"),
        ("[]", "Input should be an object"),
        ('{"metadata_files": {}}', "data_files: Field required"),
        ('{"metadata_files": {}, "data_files": {"1": {"url": "x"}}}', "data_files.1.file_hash: Field required"),
        (
            '{"metadata_files": {}, "data_files": {"1": {"url": "x", "file_hash": "y"}}}',
            "data_files.1.file_hash: String",
        ),
        ("[" * 100_000, "recursion limit"),
    ],
)
def test_a_manifest_that_is_none_is_refused(copied, content, got):
    path = next(copied.rglob("*manifest*.json"))
    path.write_text(content)
    with pytest.raises(TableError, match="cannot read the list") as error:
        plan(copied)
    assert got in error.value.got
    assert error.value.where == str(path)


def test_a_session_asked_for_by_id_fails_where_it_is_not_there(copied, tmp_path):
    next(copied.rglob("behavior_session_1900011401.nwb")).unlink()
    (outcome,) = convert_batch("visual-behavior", [copied], tmp_path / "nwb", options={"sessions": GRATINGS})
    assert outcome.status == "failed"
    assert "behavior_session_1900011401.nwb" in outcome.reason
    assert not list((tmp_path / "nwb").rglob("*.nwb"))


def test_a_damaged_file_fails_its_session_and_the_others_are_converted(copied, tmp_path):
    path = next(copied.rglob("behavior_session_1900011401.nwb"))
    path.write_bytes(path.read_bytes()[:500_000])
    options = {"where": "session_type.str.startswith('TRAINING')"}
    outcomes = convert_batch("visual-behavior", [copied], tmp_path / "nwb", options=options)
    assert {each.session_id: str(each.status) for each in outcomes if each.session_id in (GRATINGS, FLASHED)} == {
        GRATINGS: "failed",
        FLASHED: "converted",
    }


def test_times_read_as_local_change_the_start_and_say_so(release):
    (published,), (local,) = (
        plan(release, sessions=FLASHED),
        plan(release, sessions=FLASHED, timezone="America/Los_Angeles"),
    )
    assert "session_start_time" not in published.metadata["NWBFile"]
    assert local.metadata["NWBFile"]["session_start_time"].endswith(("-08:00", "-07:00"))
    assert "America/Los_Angeles" in local.metadata["NWBFile"]["notes"]
