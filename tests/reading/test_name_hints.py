"""Every documented name is there, docs/names.md lists those that differ, and every step of the notebook runs."""

import csv
import re
from itertools import groupby

import pandas as pd
import pytest

from nwbgate.reading.name_hints import known_names
from nwbgate.reading.projects.project import Project
from support.converted_sessions import converted_release
from support.development_data import SHARED, shared
from support.places import ROOT, TESTS

PAGE = (ROOT / "docs" / "names.md").read_text()
DOCUMENTATION = SHARED.parent / "reference" / "visual_behavior_sdk_documentation.txt"
#: Numbers of the public release that the page shows, and those of the sample which stand for them.
STAND_INS = {
    "445002": "457841",
    "CAM2P.3": "MESO.1",
    "CAM2P.4": "MESO.1",
    "1018027765": "1018028300",
    "1050597678": "1900011002",
    "VisualBehaviorTask1B": "VisualBehaviorMultiscope",
    "'Vip-IRES-Cre' and prior_exposures_to_image_set == 0": "'Sst-IRES-Cre'",
}


def section(title: str, level: int = 2) -> str:
    """Return what is below a heading."""
    found = re.search(rf"^{'#' * level} {re.escape(title)}\n(.*?)(?=^#{{2,{level}}} |\Z)", PAGE, re.M | re.S)
    assert found, title
    return found[1]


def rows(text: str) -> list[list[str]]:
    """Return the cells of the tables in a text, without their headings."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [each for number, each in enumerate(cells) if not _is_heading(cells, number)]


def _is_heading(cells: list[list[str]], number: int) -> bool:
    after = cells[number + 1] if number + 1 < len(cells) else [""]
    return cells[number][0].startswith("---") or after[0].startswith("---")


def code(cell: str) -> str:
    found = re.search(r"`([^`]+)`", cell)
    assert found, cell
    return found[1]


with (TESTS / "support" / "documented_names.csv").open(newline="") as file:
    ALL = [row[:5] for row in csv.reader(file)][1:]
DOCUMENTED = {title: [row[1:] for row in several] for title, several in groupby(ALL, key=lambda row: row[0])}
DIFFERENT = re.findall(r"^### (.+)$", section("Documented names that differ"), re.M)
NAMES = [(title, *row[:2]) for title, several in DOCUMENTED.items() for row in several]
STEPS = rows(section("The manifest notebook, step by step"))


@pytest.fixture(scope="module", params=["converted", "released"])
def opened(request, tmp_path_factory):
    """What the page calls project, session and plane, of either kind of files."""
    folder = converted_release(tmp_path_factory.getbasetemp())
    release = folder / "release"
    project = Project(release) if request.param == "released" else Project(folder / "nwb", manifest=release)
    plane = project.experiment(1900011010)
    return {"project": project, "plane": plane, "session": plane.session, "folder": release}


@pytest.mark.parametrize(("title", "documented", "name"), NAMES, ids=[f"{row[0]}: {row[1]}" for row in NAMES])
def test_a_documented_name_is_there(opened, title, documented, name):
    value = eval(code(name), {}, opened)
    assert value is not None or documented == "imaging_plane_group"
    if documented.endswith("[index]"):
        assert value.name == documented.removesuffix(" [index]")


def documented_tables() -> list[list[str]]:
    """Return the first cells of each table of the documentation."""
    tables: list[list[str]] = []
    inside = False
    for line in DOCUMENTATION.read_text().splitlines():
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) > 1 and cells[0].lower() in ("column", "columns", "attribute", "key"):
            tables.append([])
            inside = True
        elif inside and len(cells) > 2 and cells[0] and set(cells[0]) != {"-"}:
            tables[-1].append(cells[0])
        elif re.fullmatch(r"[A-Z][\w ]+:?|\*.*", line.strip()):
            inside = False
    return tables


def test_the_list_of_documented_names_is_that_of_the_documentation():
    if not DOCUMENTATION.is_file():
        pytest.skip("the documentation of the release is not here")
    assert [[row[0] for row in several] for several in DOCUMENTED.values()] == documented_tables()


def test_the_page_lists_the_names_that_differ():
    assert len(NAMES) > 270
    different = {title: [row for row in several if row[3]] for title, several in DOCUMENTED.items()}
    assert {title: rows(section(title, 3)) for title in DIFFERENT} == {k: v for k, v in different.items() if v}


@pytest.mark.parametrize(("step", "shown"), STEPS, ids=[row[0] for row in STEPS])
def test_a_step_of_the_notebook_is_one_line(opened, step, shown):
    pytest.importorskip("matplotlib").use("agg")
    import nwbgate

    line = code(shown)
    for published, sample in STAND_INS.items():
        line = line.replace(published, sample)
    if line.startswith("project = "):
        line = line.removeprefix("project = ")
    value = eval(line, {}, opened | {"nwbgate": nwbgate})
    assert value is not None
    if step != "Mice that saw omissions during habituation" and isinstance(value, pd.DataFrame | pd.Series | list):
        assert len(value)


def test_a_mouse_is_found_by_number_and_by_text(opened):
    project = opened["project"]
    pd.testing.assert_frame_equal(project.mouse(457841), project.mouse("457841"))


def test_steps_give_what_the_notebook_shows():
    """Its outputs on the public tables, where the release candidate has the same rows."""
    project = Project(shared("release_tables"))
    steps = {row[0]: code(row[1]) for row in STEPS}

    def answer(step):
        return eval(steps[step], {}, {"project": project})

    assert answer("Number of mice") == 107
    assert len(answer("Experimental systems")) == 32
    assert list(answer("Mice per transgenic line")) == [47, 8, 24, 28]
    assert len(answer("Mice that saw omissions during habituation")) == 14
    assert answer("Mice imaged on one microscope")[:3] == ["412036", "412366", "423606"]
    assert len(answer("Mice imaged on one microscope")) == 29
    assert list(answer("Experiments of one container").index) == [
        975608418, 976300323, 977220493, 977975802, 978866908,
    ]  # fmt: skip
    assert list(answer("Its session types")) == [
        "OPHYS_1_images_G", "OPHYS_2_images_G_passive", "OPHYS_3_images_G", "OPHYS_4_images_H", "OPHYS_6_images_H",
    ]  # fmt: skip
    assert answer("Containers of a Cre line in a project")[1] == 941373529
    assert project.container(941373529).experiments == (
        955276580, 956903375, 957652800, 959337347, 960351917, 960960480,
    )  # fmt: skip
    assert answer("Sessions with novel images of a Cre line on Multiscope").index[0] == 1050597678
    assert answer("Its experiments") == [1050762966, 1050762969, 1050762972, 1050762974, 1050762975, 1050762977]
    assert answer("Sessions of one mouse on one microscope, by date")["date_of_acquisition"].is_monotonic_increasing


#: Heading on the page to the table or object of schemas/names.yaml.
ANSWERED = {
    "Trials": "trials",
    "Stimulus presentations": "stimulus_presentations",
    "Rewards": "rewards",
    "Performance metrics": "performance_metrics",
    "Metadata of an experiment": "metadata",
}


#: What stands in a right name for what the reader puts there.
PLACES = {"NAME": "'VISp_150'", "BEHAVIOR_SESSION_ID": "1900011001", "OPHYS_EXPERIMENT_ID": "1900011010"}


def test_errors_say_what_the_page_says(opened):
    """A documented name that is not the right one is answered with the name on the page."""
    for title, owner in ANSWERED.items():
        for documented, name, *_ in DOCUMENTED[title]:
            right, wrong = code(name), documented.removesuffix(" [index]")
            if right.endswith(f'["{wrong}"]'):
                continue
            said = known_names()[owner][wrong]
            assert said in right or (said == "the index" and right.endswith(".index")), (title, documented)


def test_right_names_are_there(opened):
    """What an error says can be asked for."""
    session = opened["session"]
    for owner, names in known_names().items():
        if owner == "recording":  # see test_reading_recording.py
            continue
        table = opened[owner] if owner in opened else getattr(session, owner)
        table = opened["plane"].metadata if owner == "metadata" else table
        for wrong, right in names.items():
            if right.startswith("nothing"):
                continue
            for said in right.split(", or "):
                if said == "the index":
                    assert table.index is not None
                elif "." in said:
                    for name, value in PLACES.items():
                        said = said.replace(name, value)
                    assert eval(said, {}, opened) is not None
                else:
                    assert said in table, (owner, wrong)


def test_a_documented_key_of_the_metadata_is_answered_with_the_right_one(opened):
    with pytest.raises(KeyError, match="ophys_container_id"):
        opened["plane"].metadata["experiment_container_id"]
