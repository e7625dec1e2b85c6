"""``nwbgate sample`` makes what was asked for, says what it made, and refuses nonsense."""

import h5py
import pytest
from click.testing import CliRunner

from nwbgate.cli import main
from nwbgate.cli.verbs.sample import sample
from nwbgate.errors import UsageError

QUICK = ["--recordings", "2", "--seconds", "3", "--sampling-rate", "4000"]


def run(*arguments):
    return CliRunner().invoke(sample, ["dataset-ii", *map(str, arguments)])


def test_it_makes_the_recordings_and_says_which(tmp_path):
    result = run(tmp_path / "sources", *QUICK)
    assert result.exit_code == 0
    made = sorted((tmp_path / "sources").iterdir())
    assert len(made) == 2
    assert all(path.name in result.output for path in made)
    assert "Emx1-s" in result.output
    assert f"nwbgate convert dataset-ii {tmp_path / 'sources'} --output DIR" in result.output


def test_length_and_rate_are_those_asked_for(tmp_path):
    run(tmp_path, *QUICK)
    with h5py.File(next(tmp_path.iterdir())) as file:
        assert file["ephys_raw"].shape == (12000,)
        assert file["dte"][()] == 1 / 4000


def test_the_seed_chooses_the_recordings(tmp_path):
    for folder, seed in (("a", 0), ("b", 0), ("c", 1)):
        run(tmp_path / folder, *QUICK, "--seed", seed)
    names = [sorted(path.name for path in (tmp_path / folder).iterdir()) for folder in "abc"]
    assert names[0] == names[1] != names[2]


@pytest.mark.parametrize(
    "nonsense",
    [
        ["--recordings", "0"], ["--recordings", "2001"], ["--recordings", "two"],
        ["--seconds", "1.9"], ["--seconds", "601"],
        ["--sampling-rate", "999"], ["--sampling-rate", "200001"],
        ["--seed", "-1"], ["--gremlins", "3"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_nonsense_is_refused_before_anything_is_made(tmp_path, nonsense):
    result = run(tmp_path / "sources", *nonsense)
    assert result.exit_code == 2
    assert nonsense[0] in result.output
    assert not (tmp_path / "sources").exists()


@pytest.mark.parametrize("value", ["1000", "200000"])
def test_the_ends_of_the_range_of_rates_are_accepted(tmp_path, value):
    assert run(tmp_path, "--recordings", 1, "--seconds", 2, "--sampling-rate", value).exit_code == 0


def test_existing_recordings_are_refused_unless_they_may_be_overwritten(tmp_path):
    run(tmp_path, *QUICK)
    refused = run(tmp_path, *QUICK)
    assert isinstance(refused.exception, UsageError)
    assert refused.exception.exit_code == 2
    assert run(tmp_path, *QUICK, "--overwrite").exit_code == 0


def test_other_files_in_the_folder_do_not_matter(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    assert run(tmp_path, *QUICK).exit_code == 0
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    assert run(tmp_path / "file", *QUICK).exit_code == 2


def test_the_small_release_is_made_and_can_be_converted_at_once(tmp_path):
    folder = tmp_path / "release"
    result = CliRunner().invoke(sample, ["visual-behavior", str(folder)])
    assert result.exit_code == 0
    assert result.output.splitlines()[0].split() == ["file", "session", "session", "type", "imaging", "plane", "size"]
    made = {path.name for path in folder.rglob("*.nwb")}
    assert len(made) == 5
    assert all(name in result.output for name in made)
    assert result.output.endswith(f"5 made in {folder}. Next: nwbgate convert visual-behavior {folder} --output DIR\n")
    assert main(["convert", "visual-behavior", str(folder), "--output", str(tmp_path / "nwb"), "--dry-run"]) == 0


def test_sessions_of_a_rig_are_shown_with_their_folders_and_sizes(tmp_path):
    lines = CliRunner().invoke(sample, ["visual-behavior-rig", str(tmp_path)]).output.splitlines()[1:-1]
    places = [line.split()[0] for line in lines]
    assert len({*places}) == len(lines)
    assert all((tmp_path / place).is_file() for place in places)
    assert not any(line.endswith(" 0.0 MB") for line in lines)


def test_the_next_command_can_be_copied_where_the_folder_has_a_space(tmp_path):
    folder = tmp_path / "my sources"
    result = run(folder, *QUICK)
    assert result.output.endswith(f"Next: nwbgate convert dataset-ii '{folder}' --output DIR\n")


def test_a_release_that_is_there_is_refused_unless_it_may_be_overwritten(tmp_path):
    table = tmp_path / "visual-behavior-ophys" / "project_metadata" / "behavior_session_table.csv"
    table.parent.mkdir(parents=True)
    table.write_text("mine")
    refused = CliRunner().invoke(sample, ["visual-behavior", str(tmp_path)])
    assert isinstance(refused.exception, UsageError)
    assert table.read_text() == "mine"
    assert CliRunner().invoke(sample, ["visual-behavior", str(tmp_path), "--overwrite"]).exit_code == 0
    assert table.read_text() != "mine"
    assert CliRunner().invoke(sample, ["visual-behavior", str(tmp_path / "new"), "--recordings", "2"]).exit_code == 2


def test_an_unknown_sample_is_refused_and_help_lists_the_known_ones():
    assert CliRunner().invoke(sample, ["dataset-iii", "folder"]).exit_code == 2
    assert "dataset-ii" in CliRunner().invoke(sample, ["--help"]).output
