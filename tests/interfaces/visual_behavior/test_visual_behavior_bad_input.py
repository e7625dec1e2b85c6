"""What is wrong with a release: the session fails with a clear error, the others go on, nothing is half-written."""

import shutil

import h5py
import numpy as np
import pytest

from nwbgate.conversion.batches.batch import convert_batch
from nwbgate.conversion.batches.task import Settings
from nwbgate.samples.visual_behavior import make_release

#: Behavior session, and one of its files.
IMAGED, PASSIVE, GRATINGS, FLASHED = "1900011001", "1900011201", "1900011401", "1900011501"
FIRST, SECOND = "behavior_ophys_experiment_1900011010.nwb", "behavior_ophys_experiment_1900011012.nwb"
TRAINING, OTHER = f"behavior_session_{GRATINGS}.nwb", f"behavior_session_{FLASHED}.nwb"


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A release without manifest, whose checksums would refuse every change before anything else does."""
    folder = tmp_path_factory.mktemp("original") / "release"
    make_release(folder)
    shutil.rmtree(next(folder.rglob("manifests")))
    return folder


@pytest.fixture
def release(original, tmp_path):
    return shutil.copytree(original, tmp_path / "release")


def in_file(change):
    """Return a function that spoils a file by a change of its content."""

    def spoil(path):
        with h5py.File(path, "r+") as file:
            change(file)

    return spoil


def put(name, value):
    """Return a change that replaces a dataset."""

    def change(file):
        del file[name]
        file[name] = value

    return in_file(change)


def without(column):
    """Return a change that takes a column out of the trials."""

    def change(file):
        trials = file["intervals/trials"]
        del trials[column]
        trials.attrs["colnames"] = [name for name in trials.attrs["colnames"] if name != column]

    return in_file(change)


def attribute(name, value):
    """Return a change that sets what the file says of its session."""
    return in_file(lambda file: file["general/metadata"].attrs.__setitem__(name, value))


def cut(path):
    path.write_bytes(path.read_bytes()[:300_000])


def somebody_elses(path):
    with h5py.File(path, "r+") as file:
        del file["general/metadata"]


def swapped(path):
    shutil.copyfile(path.with_name(OTHER), path)


def at(name, index, value):
    """Return a change of one value."""
    return in_file(lambda file: file[name].__setitem__(index, value))


#: Each item of the issue's list that is an error: the session, its file, what is done to it, and what is said.
BAD = {
    "a row whose file is missing": (GRATINGS, TRAINING, lambda path: path.unlink(), "cannot read the source"),
    "a row whose file is empty": (GRATINGS, TRAINING, lambda path: path.write_bytes(b""), "not an NWB file"),
    "a row whose file is truncated": (GRATINGS, TRAINING, cut, "cannot read"),
    "a plane whose file is missing": (IMAGED, SECOND, lambda path: path.unlink(), "cannot read the source"),
    "a plane whose file is truncated": (IMAGED, SECOND, cut, "cannot read"),
    "a file of another session": (GRATINGS, TRAINING, swapped, "in its behavior_session_id"),
    "a file of another mouse": (GRATINGS, TRAINING, put("general/subject/subject_id", "1"), "in its mouse_id"),
    "a file of another session type": (
        GRATINGS,
        TRAINING,
        attribute("session_type", "TRAINING_2_gratings_flashed"),
        "in its session_type",
    ),
    "a file of another plane": (
        IMAGED,
        SECOND,
        in_file(lambda file: (file["general/metadata"].attrs.__setitem__("ophys_experiment_id", 7),
                              file["identifier"].__setitem__((), "7"))),
        "in its ophys_experiment_id",
    ),
    "a file of another imaging session": (IMAGED, FIRST, attribute("ophys_session_id", 7), "in its ophys_session_id"),
    "a file of another container": (IMAGED, SECOND, attribute("ophys_container_id", 7), "in its ophys_container_id"),
    "a file without mouse": (GRATINGS, TRAINING, in_file(lambda file: file.pop("general/subject")), "in its mouse_id"),
    "a file whose ids contradict each other": (GRATINGS, TRAINING, put("identifier", "42"), "contradict each other"),
    "planes with different behavior": (
        IMAGED,
        SECOND,
        at("processing/running/speed/data", 7, 123.5),
        "the plane files of one session differ in shared content",
    ),
    "trials with a missing column": (GRATINGS, TRAINING, without("hit"), "the trials lack columns"),
    "stimulus timestamps that go backwards": (
        GRATINGS, TRAINING, at("processing/stimulus/timestamps/timestamps", 50, 0.0), "timestamps go backwards",
    ),
    "lick times that go backwards": (
        GRATINGS, TRAINING, at("processing/licking/licks/timestamps", 5, 0.0), "timestamps go backwards",
    ),
    "frames that go backwards": (
        IMAGED, SECOND, at("processing/ophys/dff/traces/timestamps", 5, 0.0), "timestamps go backwards",
    ),
    "eye tracking that goes backwards": (
        IMAGED, FIRST, at("acquisition/EyeTracking/eye_tracking/timestamps", 5, 0.0), "timestamps go backwards",
    ),
    "a start without time zone": (
        GRATINGS, TRAINING, put("session_start_time", "2019-02-28T14:00:00"), "the session start is missing",
    ),
    "times that count from another time": (
        GRATINGS, TRAINING, put("timestamps_reference_time", "2019-02-28T15:00:00+00:00"), "do not start at",
    ),
    "a text file": (GRATINGS, TRAINING, lambda path: path.write_text("mouse"), "not an NWB file"),
    "an NWB file of another laboratory": (GRATINGS, TRAINING, somebody_elses, "not a file of the Visual Behavior"),
}  # fmt: skip


def convert(release, folder, *sessions):
    options = {"sessions": ",".join(sessions)}
    outcomes = convert_batch("visual-behavior", [release], folder, options=options, settings=Settings(check=False))
    return {outcome.session_id: outcome for outcome in outcomes}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_session_fails_clearly_and_nothing_is_half_written(release, tmp_path, kind):
    session, name, spoil, said = BAD[kind]
    spoil(next(release.rglob(name)))
    failed = convert(release, tmp_path / "nwb", session)[session]
    assert (str(failed.status), failed.broke) == ("failed", False)
    assert said in failed.reason
    assert all(f"\n  {part}: " in failed.reason for part in ("where", "got", "expected", "what to do"))
    assert name in failed.reason
    assert not list((tmp_path / "nwb").rglob("*.nwb*"))


def test_the_next_session_is_converted(release, tmp_path):
    for kind in ("planes with different behavior", "trials with a missing column"):
        _, name, spoil, _ = BAD[kind]
        spoil(next(release.rglob(name)))
    outcomes = convert(release, tmp_path / "nwb", IMAGED, GRATINGS, FLASHED)
    statuses = {session: str(outcome.status) for session, outcome in outcomes.items()}
    assert statuses == {IMAGED: "failed", GRATINGS: "failed", FLASHED: "converted"}
    assert [FLASHED in path.name for path in (tmp_path / "nwb").rglob("*.nwb")] == [True]


def test_an_unknown_session_type_fails_its_session(release, tmp_path):
    table = next(release.rglob("behavior_session_table.csv"))
    with h5py.File(next(release.rglob(TRAINING)), "r+") as file:
        old = file["general/metadata"].attrs["session_type"]
        file["general/metadata"].attrs["session_type"] = "TRAINING_9_smells"
    text = table.read_text()
    lines = [line.replace(old, "TRAINING_9_smells") if GRATINGS in line else line for line in text.splitlines()]
    table.write_text("\n".join(lines) + "\n")
    outcomes = convert(release, tmp_path / "nwb", GRATINGS, FLASHED)
    assert str(outcomes[GRATINGS].status) == "failed"
    assert "unknown session type" in outcomes[GRATINGS].reason
    assert str(outcomes[FLASHED].status) == "converted"


def test_a_passive_session_is_no_error(release, tmp_path):
    outcome = convert(release, tmp_path / "nwb", PASSIVE)[PASSIVE]
    assert str(outcome.status) == "converted"
    with h5py.File(outcome.path) as file:
        assert "events" not in file or not len(file["events"])
        assert "EyeTracking" not in file["processing/behavior"]
        assert len(file["intervals/trials/id"])


def test_a_cell_without_events_is_no_error(release, tmp_path):
    path = next(release.rglob("behavior_ophys_experiment_1900011210.nwb"))
    with h5py.File(path, "r+") as file:
        events = file["processing/ophys/event_detection"]
        for name, values in (("lambdas", events["lambdas"][1:]), ("noise_stds", events["noise_stds"][1:]),
                             ("rois", events["rois"][1:]), ("data", events["data"][:, 1:])):  # fmt: skip
            about = dict(events[name].attrs)
            del events[name]
            events[name] = values
            events[name].attrs.update(about)
    outcome = convert(release, tmp_path / "nwb", PASSIVE)[PASSIVE]
    assert str(outcome.status) == "converted"
    with h5py.File(outcome.path) as file:
        (cells,) = (each for each in file["processing/ophys/ImageSegmentation"].values())
        assert np.isnan(cells["lambda"][()]).tolist() == [True, *[False] * (len(cells["id"]) - 1)]


def test_what_is_not_downloaded_is_no_error_unless_asked_for(release, tmp_path):
    next(release.rglob(TRAINING)).unlink()
    options = {"mouse": "453988"}
    outcomes = convert_batch(
        "visual-behavior", [release], tmp_path / "nwb", options=options, settings=Settings(check=False)
    )
    found = {outcome.session_id: str(outcome.status) for outcome in outcomes}
    assert found[GRATINGS] == "excluded"
    assert found[FLASHED] == "converted"


def test_a_file_that_is_not_what_was_published_fails_its_session(tmp_path):
    make_release(tmp_path / "release")  # with its manifest JSON, which has the BLAKE2b of each file
    path = next((tmp_path / "release").rglob(TRAINING))
    at("processing/running/speed/data", 7, 123.5)(path)
    outcomes = convert(tmp_path / "release", tmp_path / "nwb", GRATINGS, FLASHED)
    failed = outcomes[GRATINGS]
    assert failed.reason.startswith(f"the source differs from the published file\n  where: {path}\n  got: blake2b ")
    assert "\n  what to do: download it again" in failed.reason
    assert str(outcomes[FLASHED].status) == "converted"
    assert [each for each in (tmp_path / "nwb").rglob("*") if GRATINGS in each.name] == []
