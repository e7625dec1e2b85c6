"""What the interfaces of the behavior streams mend, leave out, and refuse."""

from datetime import UTC, datetime
from shutil import copyfile

import h5py
import numpy as np
import pandas as pd
import pytest

from nwbgate.errors import MetadataError, SourceError, SourceWarning, UsageError
from nwbgate.interfaces.visual_behavior.session_metadata import local_time
from nwbgate.interfaces.visual_behavior.stimulus.presentations import with_truth_values
from nwbgate.reading.sessions.lick_times import licks_by_trial
from support.behavior_streams import STREAMS
from support.standard_session import ACTIVE, GRATINGS, PASSIVE


@pytest.fixture
def changed(tmp_path):
    """Return a function that makes an interface of a changed copy of a released file."""

    def interface(name, change, source=GRATINGS):
        path = tmp_path / source.name
        copyfile(source, path)
        with h5py.File(path, "r+") as file:
            change(file)
        return STREAMS[name](file_path=str(path))

    return interface


def put(file, path, values):
    del file[path]
    file[path] = values


@pytest.mark.parametrize("name", ["Licks", "Rewards", "EyeTracking"])
def test_a_passive_session_lacks_streams_and_that_is_no_error(name):
    interface = STREAMS[name](file_path=str(PASSIVE))
    nwbfile = interface.create_nwbfile()
    assert not interface.is_there
    assert not len(interface.get_original_timestamps())
    assert not nwbfile.processing
    assert not nwbfile.events


def test_trials_without_licks_have_empty_lists():
    trials = STREAMS["Trials"](file_path=str(PASSIVE)).create_nwbfile().trials
    assert [len(licks) for licks in trials["lick_timestamps"][:]] == [0] * len(trials)


def test_lick_times_are_given_back_to_their_trials(changed):
    """AllenSDK writes them without their index when the session has as many licks as trials."""

    def change(file):
        trials = file["intervals/trials"]
        licks, count = trials["lick_times"][()], len(trials["id"])
        kept = np.sort(np.random.default_rng(0).choice(licks, count, replace=False))
        del trials["lick_times_index"]
        put(file, "intervals/trials/lick_times", kept)

    with h5py.File(GRATINGS) as file:
        ends = file["intervals/trials/lick_times_index"][()].astype(int)
        rows = np.split(file["intervals/trials/lick_times"][()], ends[:-1])
    interface = changed("Trials", change)
    mended = interface.trials()["lick_times"]
    assert sum(map(len, mended)) == len(rows)
    assert all(set(licks) <= set(row) for licks, row in zip(mended, rows, strict=True))
    written = interface.create_nwbfile().trials["lick_timestamps"][:]
    assert [list(licks) for licks in written] == [list(licks) for licks in mended]


@pytest.mark.parametrize("source", [ACTIVE, GRATINGS])
def test_the_rule_of_lick_times_is_that_of_the_release(source):
    trials = STREAMS["Trials"](file_path=str(source)).source.table("trials")
    flat = np.concatenate(trials["lick_times"].tolist())
    again = licks_by_trial(flat, trials["start_time"].to_numpy())
    assert all(np.array_equal(one, other) for one, other in zip(again, trials["lick_times"], strict=True))


def test_no_trials_have_no_licks():
    assert licks_by_trial(np.empty(0), np.empty(0)) == []


def test_truth_values_of_flashes_stay_unknown_where_the_release_does_not_know():
    truth = pd.array([True, pd.NA, pd.NA], dtype="boolean")
    shown = pd.DataFrame(dict.fromkeys(("is_change", "is_image_novel", "is_sham_change"), truth))
    shown = shown.assign(omitted=pd.array([False, True, pd.NA], dtype="boolean"), image_name=["im1", "omitted", np.nan])
    mended = with_truth_values(shown)
    assert mended["is_image_novel"].tolist() == [True, False, False]
    assert mended["omitted"].tolist() == [False, True, False]
    assert mended["is_change"].isna().tolist() == [False, True, True]


def test_licks_that_go_backwards_are_refused(changed):
    interface = changed("Licks", lambda file: file["processing/licking/licks/timestamps"].__setitem__(5, 0.0))
    with pytest.raises(SourceError, match="go backwards") as error:
        interface.create_nwbfile()
    assert "at index 5" in error.value.got


def test_trials_without_a_column_are_refused(changed):
    def change(file):
        trials = file["intervals/trials"]
        del trials["aborted"]
        trials.attrs["colnames"] = [name for name in trials.attrs["colnames"] if name != "aborted"]

    with pytest.raises(SourceError, match="lack columns"):
        changed("Trials", change).create_nwbfile()


def test_running_signals_of_two_clocks_are_refused(changed):
    interface = changed("Running", lambda file: file["acquisition/v_in/timestamps"].__setitem__(7, 0.5))
    with pytest.raises(SourceError, match="different timestamps") as error:
        interface.create_nwbfile()
    assert "v_in" in error.value.where


def test_running_signals_of_another_length_are_refused(changed):
    interface = changed("Running", lambda file: put(file, "processing/running/dx/data", np.zeros(5)))
    with pytest.raises(SourceError, match="wrong length") as error:
        interface.create_nwbfile()
    assert (error.value.got, error.value.expected) == ("5 values", "7727, one per timestamp")


def test_eye_tracking_of_another_length_is_refused(changed):
    interface = changed(
        "EyeTracking", lambda file: put(file, "acquisition/EyeTracking/likely_blink/data", [True]), ACTIVE
    )
    with pytest.raises(SourceError, match="wrong length"):
        interface.create_nwbfile()


@pytest.mark.parametrize(("values", "got"), [(np.zeros(5), "a different number"), (None, "1 that differ")])
def test_two_copies_of_the_stimulus_timestamps_must_be_one(changed, values, got):
    def change(file):
        data = file["processing/stimulus/timestamps/data"]
        if values is None:
            data[9] += 1
        else:
            put(file, data.name, values)

    with pytest.raises(SourceError, match="differ") as error:
        changed("StimulusTimestamps", change).create_nwbfile()
    assert got in error.value.got


def test_running_links_the_stimulus_timestamps_where_both_are_equal(changed):
    def change(file):
        times = file["processing/running/speed/timestamps"][()]
        for name in ("data", "timestamps"):
            put(file, f"processing/stimulus/timestamps/{name}", times)

    stimulus = changed("StimulusTimestamps", change)
    nwbfile = stimulus.create_nwbfile()
    STREAMS["Running"](file_path=str(stimulus.source.path)).add_to_nwbfile(nwbfile)
    behavior = nwbfile.processing["behavior"]
    assert behavior["running_speed"].fields["timestamps"] is behavior["stimulus_timestamps"]


def test_an_unknown_session_type_is_refused(changed):
    interface = changed("SessionMetadata", lambda file: file["general/metadata"].attrs.__setitem__("session_type", "X"))
    with pytest.raises(SourceError, match="unknown session type") as error:
        interface.create_nwbfile()
    assert error.value.got == "X"


@pytest.mark.parametrize("said", ["2019-02-28T14:00:00", "yesterday"])
def test_a_start_without_date_or_zone_is_refused(changed, said):
    interface = changed("Licks", lambda file: put(file, "session_start_time", said))
    with pytest.raises(SourceError, match="the session start is missing") as error:
        interface.get_metadata()
    assert error.value.got == said


@pytest.mark.parametrize("index", [2, -1, 0.5, np.nan])
def test_an_image_index_without_image_is_refused(changed, index):
    def change(file):
        place = "stimulus/presentation/grating/data"
        indices = file[place][()].astype(type(index))
        indices[3] = index
        put(file, place, indices)

    interface = changed("StimulusTemplates", change)
    with pytest.raises(SourceError, match="an image outside the set was shown"):
        interface.create_nwbfile()


def test_images_without_names_are_refused(changed):
    def change(file):
        put(file, "stimulus/templates/grating/data", np.zeros((3, 4, 4), np.uint8))

    with pytest.raises(SourceError, match="numbers of stimulus images and names differ"):
        changed("StimulusTemplates", change).create_nwbfile()


def test_two_sets_of_images_are_refused(changed):
    interface = changed(
        "StimulusTemplates", lambda file: file.copy("stimulus/templates/grating", "stimulus/templates/b")
    )
    with pytest.raises(SourceError, match="does not have one set of stimulus images"):
        interface.create_nwbfile()


def test_aligned_times_that_go_backwards_are_refused():
    interface = STREAMS["Licks"](file_path=str(GRATINGS))
    interface.set_aligned_timestamps(-interface.get_original_timestamps())
    with pytest.raises(UsageError, match="do not ascend"):
        interface.create_nwbfile()


def test_a_description_that_is_missing_is_named():
    metadata = {"Descriptions": {"licks": "Tongue."}}
    interface = STREAMS["Licks"](file_path=str(GRATINGS))
    assert interface.create_nwbfile(metadata).get_events_table("licks").description == "Tongue."
    with pytest.raises(MetadataError, match="no Descriptions"):
        interface._add_stream(interface.create_nwbfile(), {})


def test_equal_files_have_equal_identifiers():
    one, other = (STREAMS["Licks"](file_path=str(GRATINGS)).create_nwbfile() for _ in range(2))
    assert one.identifier == other.identifier


def test_a_published_time_read_as_local_time_keeps_the_clock_on_the_wall():
    published = datetime(2019, 9, 20, 9, 59, 38, tzinfo=UTC)
    local = local_time(published, "America/Los_Angeles")
    assert local.isoformat() == "2019-09-20T09:59:38-07:00"
    with pytest.raises(UsageError, match="unknown time zone"):
        local_time(published, "Seattle")


def test_a_column_that_nobody_has_described_is_named(changed):
    def change(file):
        trials = file["intervals/trials"]
        trials.attrs["colnames"] = [*trials.attrs["colnames"], "mood"]
        trials["mood"] = np.zeros(len(trials["id"]))

    with pytest.warns(SourceWarning, match="not copied: mood"):
        changed("Trials", change).create_nwbfile()
