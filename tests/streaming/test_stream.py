"""Sessions flow through a small disk: fetched ahead, recorded, deleted; what fails is named and the others go on."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from nwbgate.comparison.files import compare_files
from nwbgate.comparison.tolerance import Tolerance
from nwbgate.conversion.batches.outcome import SessionStatus
from nwbgate.conversion.batches.task import Settings
from nwbgate.streaming import plan
from nwbgate.streaming.run import open_stream
from nwbgate.streaming.stream import Outage
from support.hostile_sources import heed_interrupts
from support.streamed_release import LARGE, RECIPE, SMALL, bytes_in, order_of, served_release, streamed, web  # noqa: F401

ALL = (LARGE, "1900011201", *SMALL)
#: Less than two sessions with imaging need, more than the largest needs.
TIGHT = 12_000_000


@pytest.fixture(autouse=True)
def sound(web):  # noqa: F811
    web.faults.clear()
    web.requests.clear()


@pytest.fixture(scope="module")
def converted(web, tmp_path_factory):  # noqa: F811
    """Two sessions, streamed undisturbed."""
    folder = tmp_path_factory.mktemp("converted")
    outcomes = streamed(order_of(web, folder))
    assert {outcome.status for outcome in outcomes.values()} == {SessionStatus.CONVERTED}
    return folder / "nwb"


class Sampler(threading.Thread):
    """Looks at the size of a folder again and again."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        self.folder, self.most, self.looks, self.over = folder, 0, 0, threading.Event()

    def run(self):
        while not self.over.wait(0.01):
            self.most, self.looks = max(self.most, bytes_in(self.folder)), self.looks + 1

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()


def files_of(folder):
    return {path.name: path for path in folder.rglob("*.nwb")}


def assert_equal_files(ours, theirs):
    assert files_of(ours).keys() == files_of(theirs).keys()
    for name, path in files_of(ours).items():
        # The provenance has the times at which the sources were fetched.
        pair = compare_files(path, files_of(theirs)[name], Tolerance(), ("/general/source_script",))
        assert pair.equal, pair


def test_a_second_run_asks_for_no_source(web, tmp_path, converted):  # noqa: F811
    order = order_of(web, converted.parent)
    assert {each.status for each in streamed(order).values()} == {SessionStatus.SKIPPED}
    assert not [path for method, path, _ in web.requests if path.endswith(".nwb")]


def test_sources_are_deleted_and_the_ledger_says_what_was_done(converted):
    assert not list((converted.parent / "scratch").rglob("*.nwb*"))
    lines = [json.loads(line) for line in (converted / ".conversion-ledger.jsonl").read_text().splitlines()]
    assert {line["session_id"] for line in lines} == set(SMALL)
    assert all(line["stream"] and line["file"] for line in lines)


def test_a_session_that_cannot_be_fetched_fails_and_the_others_go_on(web, tmp_path, converted):  # noqa: F811
    web.faults[f"behavior_session_{SMALL[0]}.nwb"] = ["wrong_byte"] * 3
    outcomes = streamed(order_of(web, tmp_path, output=copied(converted, tmp_path)))
    assert outcomes[SMALL[0]].status == SessionStatus.FAILED
    assert "does not match the manifest" in outcomes[SMALL[0]].reason
    assert outcomes[SMALL[1]].status == SessionStatus.SKIPPED
    again = streamed(order_of(web, tmp_path, output=tmp_path / "nwb"))
    assert again[SMALL[0]].status == SessionStatus.SKIPPED


def copied(converted, folder):
    """A copy of the output without its ledger: a run has to fetch, and then finds the file up to date."""
    shutil.copytree(converted, folder / "nwb", ignore=shutil.ignore_patterns(".*"))
    return folder / "nwb"


def test_kept_sources_are_the_copy_that_allensdk_reads(web, tmp_path, converted):  # noqa: F811
    streamed(order_of(web, tmp_path, output=copied(converted, tmp_path), keep_sources=True))
    release = tmp_path / "scratch" / "release"
    assert len(list(release.rglob("behavior_session_*.nwb"))) == 2
    assert len(json.loads((release / "_downloaded_data.json").read_text())) == 4 + 2


def test_whole_sessions_are_done_by_an_executor(web, tmp_path, converted):  # noqa: F811
    with ThreadPoolExecutor(1) as executor:
        outcomes = streamed(order_of(web, tmp_path, output=copied(converted, tmp_path)), executor=executor)
    assert {outcome.status for outcome in outcomes.values()} == {SessionStatus.SKIPPED}
    assert not list((tmp_path / "scratch").rglob("*.nwb"))
    again = streamed(order_of(web, tmp_path))
    assert {outcome.status for outcome in again.values()} == {SessionStatus.SKIPPED}


def test_a_server_that_is_gone_is_not_asked_for_every_session():
    outage = Outage()
    for _ in range(3):
        outage.refuse()
        outage.count("no answer\n  where: there")
    with pytest.raises(Exception, match="not tried after 3 sessions in a row failed") as caught:
        outage.refuse()
    assert caught.value.got == "no answer"
    outage.count("")
    outage.refuse()


def test_a_run_that_ends_early_leaves_nothing_but_what_can_be_gone_on_with(web, tmp_path):  # noqa: F811
    web.faults[f"behavior_session_{SMALL[0]}.nwb"] = ["stall"]
    with open_stream(order_of(web, tmp_path)) as (plan, outcomes):
        assert len(plan.sessions) == 2
        outcomes.close()
    assert not list((tmp_path / "nwb").rglob("*.nwb"))


@pytest.mark.slow
def test_the_scratch_folder_never_exceeds_its_limit(web, tmp_path):  # noqa: F811
    order = order_of(web, tmp_path, sessions=ALL, limit=TIGHT)
    (tmp_path / "scratch").mkdir()
    with Sampler(tmp_path / "scratch") as sampler:
        outcomes = streamed(order, jobs=2)
    assert {outcome.status for outcome in outcomes.values()} == {SessionStatus.CONVERTED}
    assert sampler.looks > 50
    assert 10_000_000 < sampler.most <= TIGHT


@pytest.mark.slow
def test_the_next_session_is_fetched_while_one_is_converted(web, tmp_path):  # noqa: F811
    begun = {}
    with open_stream(order_of(web, tmp_path, sessions=ALL)) as (_, outcomes):
        for outcome in outcomes:
            begun[outcome.session_id] = len({path for method, path, _ in web.requests if method == "GET"})
    assert begun[LARGE] > len({"manifests", "manifest", "4 tables"}) + 2 + 3  # its own two files, and another


@pytest.mark.slow
@pytest.mark.parametrize("when", ["fetching", "converting", "between"])
def test_a_run_that_is_killed_is_gone_on_with(web, tmp_path, converted, when):  # noqa: F811
    command = [
        sys.executable, "-m", "nwbgate", "convert", RECIPE, "--fetch", "--sessions", ",".join(SMALL), "--threads", "1",
        "--output", str(tmp_path / "nwb"), "--scratch", str(tmp_path / "scratch"), "--base-url", web.url,
    ]  # fmt: skip
    if when == "fetching":
        web.faults[f"behavior_session_{SMALL[0]}.nwb"] = ["stall"]
    with subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL) as process:
        wait_until(lambda: reached(when, tmp_path), process)
        os.killpg(process.pid, signal.SIGKILL)
    fetched = [path.name for path in (tmp_path / "scratch" / "release").rglob("*.nwb")]
    web.requests.clear()
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not [name for name in fetched if web.gets(name)]
    assert_equal_files(tmp_path / "nwb", converted)
    assert not list((tmp_path / "scratch").rglob("*.nwb*"))


def reached(when, folder):
    if when == "fetching":
        return any(path.stat().st_size for path in folder.rglob("*.nwb.part"))
    return any(folder.rglob(".*nwbgate-*.nwb")) if when == "converting" else any((folder / "nwb").rglob("sub-*.nwb"))


def wait_until(condition, process, seconds=120):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end and process.poll() is None:
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_cleanly(web, tmp_path, sign):  # noqa: F811
    command = [
        sys.executable, "-m", "nwbgate", "convert", RECIPE, "--fetch", "--sessions", ",".join(SMALL), "--threads", "1",
        "--output", str(tmp_path / "nwb"), "--scratch", str(tmp_path / "scratch"), "--base-url", web.url,
    ]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=heed_interrupts) as process:
        wait_until(lambda: reached("converting", tmp_path), process)
        process.send_signal(sign)
        _, err = process.communicate(timeout=60)
    assert process.returncode == (130 if sign == signal.SIGINT else 143)
    assert "what was written is whole" in err
    assert "Traceback" not in err
    assert not list(tmp_path.rglob(".*nwbgate-*"))


@pytest.mark.slow
def test_a_bucket_gets_what_a_folder_gets_through_failures(web, tmp_path, converted):  # noqa: F811
    pytest.importorskip("moto")
    from support.object_store import BUCKET, object_store

    with object_store() as store:
        order = order_of(web, tmp_path, output=f"s3://{BUCKET}/nwb", endpoint=store.url)
        store.faults += [("PUT", f"{SMALL[0]}_behavior.nwb", "busy"), ("PUT", f"{SMALL[1]}_behavior.nwb", "altered")]
        first = streamed(order)
        assert first[SMALL[0]].status == SessionStatus.CONVERTED
        assert "other content than was sent" in first[SMALL[1]].reason
        assert len(store.sizes()) == 1
        second = streamed(order)
        assert [second[name].status for name in SMALL] == [SessionStatus.SKIPPED, SessionStatus.CONVERTED]
        for key in store.sizes():
            path = tmp_path / "got" / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(store.client.get_object(Bucket=BUCKET, Key=key)["Body"].read())
        assert_equal_files(tmp_path / "got", converted)
        (tmp_path / "scratch" / ".conversion-ledger.jsonl").unlink()
        assert {each.status for each in streamed(order).values()} == {SessionStatus.SKIPPED}
    assert not list((tmp_path / "scratch").rglob("*.nwb*"))


@pytest.mark.slow
def test_a_cluster_of_dask_streams_sessions(web, tmp_path, converted):  # noqa: F811
    pytest.importorskip("distributed")
    from nwbgate.cluster import cluster_executor

    with cluster_executor("local:1") as executor:
        outcomes = streamed(order_of(web, tmp_path, settings=Settings()), executor=executor)
    assert {(outcome.status, outcome.reason) for outcome in outcomes.values()} == {(SessionStatus.CONVERTED, "")}
    assert_equal_files(tmp_path / "nwb", converted)


@pytest.mark.slow
def test_a_file_larger_than_expected_gets_more_room_within_the_limit(web, tmp_path, monkeypatch):  # noqa: F811
    pytest.importorskip("moto")
    from support.object_store import BUCKET, object_store

    monkeypatch.setattr(plan, "OUTPUT_SHARE", 0.01)  # as a source that inflates a hundred times
    monkeypatch.setattr(plan, "OUTPUT_MORE", 0)
    with object_store() as store:
        more = {"output": f"s3://{BUCKET}/nwb", "endpoint": store.url, "sessions": SMALL[:1]}
        (refused,) = streamed(order_of(web, tmp_path, limit=1_100_000, **more)).values()
        assert refused.status is SessionStatus.FAILED
        assert "the scratch folder has no room for this session" in refused.reason
        assert not store.sizes()
        (outcome,) = streamed(order_of(web, tmp_path, limit=8_000_000, **more)).values()
        assert outcome.status is SessionStatus.CONVERTED
        assert len(store.sizes()) == 1
    assert not list((tmp_path / "scratch").rglob("*.nwb*"))
