"""Sources come whole and verified through every trouble of the server, and never take more room than was reserved."""

import threading

import pytest

from nwbgate.conversion.batches.outcome import SessionStatus
from nwbgate.errors import FetchError, UnreachableError
from nwbgate.fetching.copy import LocalCopy
from nwbgate.streaming.destination import LocalFolder
from nwbgate.streaming.run import plan_release
from nwbgate.streaming.scratch import StoppedStreamError
from nwbgate.streaming.stages import OVER_ROOM, FetchedWork, Route, fetch_sources
from support.streamed_release import LARGE, QUICK, SMALL, order_of, web  # noqa: F401

NAME = f"behavior_session_{SMALL[0]}.nwb"


@pytest.fixture
def make(web, tmp_path):  # noqa: F811
    """Plan a session in ``copy``; return it with its route."""

    def make(session=SMALL[0], **more):
        web.faults.clear()
        order = order_of(web, tmp_path, sessions=(session,), **more)
        from nwbgate.streaming.plan import make_plan

        copy = LocalCopy(tmp_path / "copy")
        destination = LocalFolder(tmp_path / "nwb")
        (found,) = make_plan(order.wish, order.server, copy, destination, order.limit).sessions
        web.requests.clear()
        return found, Route(order.wish, web.url, copy.folder, destination, QUICK)

    return make


def fetch(session, route, stop=None):
    fetch_sources(session, route, stop or threading.Event())
    return [LocalCopy(route.copy).state(file).name for file in session.files.values()]


def test_all_files_of_a_session_come(make):
    assert fetch(*make(LARGE)) == ["WHOLE", "WHOLE"]


@pytest.mark.parametrize("fault", ["break_off", "stall", "busy", "mute", "wrong_byte", "too_short", "other_range"])
def test_a_server_in_trouble_costs_time_only(make, web, fault):  # noqa: F811
    session, route = make()
    web.faults[NAME] = [fault]
    assert fetch(session, route) == ["WHOLE"]


def test_what_is_there_is_not_fetched_again_and_the_rest_of_a_file_is(make, web):  # noqa: F811
    session, route = make()
    fetch(session, route)
    web.requests.clear()
    assert fetch(session, route) == ["WHOLE"]
    assert not web.gets(NAME)
    (path,) = session.files
    path.write_bytes(path.read_bytes()[:300_000])
    assert fetch(session, route) == ["WHOLE"]
    assert web.gets(NAME) == ["bytes=300000-"]


def test_leftovers_larger_than_the_file_give_way(make):
    session, route = make()
    (path,) = session.files
    path.parent.mkdir(parents=True)
    path.with_name(path.name + ".part").write_bytes(bytes(2_000_000))
    assert fetch(session, route) == ["WHOLE"]


def test_a_server_that_sends_more_than_it_announced_is_refused(make):
    session, route = make()
    (path,) = session.files
    smaller = type(session)(session.task, session.files, {path: 100_000}, session.key)
    with pytest.raises(FetchError, match="sends more than it announced"):
        fetch(smaller, route)


def test_a_server_that_is_gone_is_named(make, web):  # noqa: F811
    session, route = make()
    web.faults[NAME] = ["busy"] * 10
    with pytest.raises(UnreachableError):
        fetch(session, route)


def test_a_stop_ends_a_download_and_keeps_what_arrived(make, web):  # noqa: F811
    session, route = make()
    stop = threading.Event()
    stop.set()
    with pytest.raises(StoppedStreamError):
        fetch(session, route, stop)


def test_a_stop_ends_the_waiting_for_a_busy_server(make, web):  # noqa: F811
    session, route = make()
    web.faults[NAME] = ["busy"] * 10
    stop = threading.Event()
    stop.set()
    with pytest.raises(StoppedStreamError):
        fetch(session, route, stop)


def test_metadata_that_depend_on_the_sources_are_planned_when_these_are_there(make):
    session, route = make(options={"timezone": "America/Los_Angeles"})
    assert "session_start_time" not in session.task.plan.metadata["NWBFile"]
    fetch(session, route)
    task = FetchedWork(session, route)._task()
    assert "session_start_time" in task.plan.metadata["NWBFile"]
    assert task.number == session.task.number


def test_a_plan_of_a_dry_run_needs_no_scratch_folder(web, tmp_path):  # noqa: F811
    plan_release(order_of(web, tmp_path))
    assert not (tmp_path / "scratch").exists()


def test_a_file_that_outgrows_its_room_is_stopped_and_leaves_nothing(make):
    session, route = make()
    fetch(session, route)
    outcome = FetchedWork(session, route, most=100_000).run()
    assert (outcome.status, outcome.reason) == (SessionStatus.FAILED, OVER_ROOM)
    assert not [path for path in route.destination.folder.rglob("*") if path.is_file()]
    assert FetchedWork(session, route, most=10_000_000).run().status is SessionStatus.CONVERTED
