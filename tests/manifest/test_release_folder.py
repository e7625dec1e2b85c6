"""Where the files of a local copy are, and the command that fetches them."""

from pathlib import Path

from nwbgate.manifest.release_folder import ReleaseFolder, fetch_command


def test_files_are_beside_the_folder_of_the_tables():
    release = ReleaseFolder(Path("copy/visual-behavior-ophys-1.1.0/project_metadata"))
    assert release.folder == Path("copy/visual-behavior-ophys-1.1.0")
    assert release.session_file(17) == release.folder / "behavior_sessions" / "behavior_session_17.nwb"
    assert release.experiment_file(9) == (
        release.folder / "behavior_ophys_experiments" / "behavior_ophys_experiment_9.nwb"
    )


def test_tables_of_another_name_are_beside_the_folders_of_the_files():
    assert ReleaseFolder(Path("tables")).folder == Path("tables")


def test_only_a_release_that_can_be_fetched_has_a_command():
    assert fetch_command("visual_behavior", Path("copy"), "17") == "nwbgate fetch visual-behavior copy --sessions 17"
    assert fetch_command("dataset_ii", Path("copy"), "17") == ""
    assert fetch_command("", Path("copy"), "17") == ""
