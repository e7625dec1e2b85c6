"""Workers of a cluster fetch files into a shared folder; what goes wrong with one is said, and the others come."""

from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from nwbgate.errors import FetchError, UnreachableError
from nwbgate.fetching.copy import CopyState, LocalCopy
from nwbgate.fetching.fetch import Order, Wanted
from nwbgate.fetching.file_work import fetch_elsewhere
from nwbgate.fetching.manifest import ReleaseManifest
from nwbgate.fetching.server import Server
from support.fetching_files import CONTENT, QUICK, remote, serving_one_file


@pytest.fixture
def web(tmp_path):
    with serving_one_file(tmp_path / "web") as server:
        (tmp_path / "web" / "project" / "other.bin").write_bytes(CONTENT)
        yield server


def fetched(web, folder, *, executor=None, names=("file.bin", "other.bin"), state=CopyState.MISSING):
    files = [remote(name=name) for name in names]
    order = Order(ReleaseManifest("m", b"", {}, {}), 1, tuple(Wanted(file, state, len(CONTENT)) for file in files))
    counts = []
    with executor or ThreadPoolExecutor(2) as pool:
        found = list(fetch_elsewhere(Server(web.url, QUICK), LocalCopy(folder), order, counts.append, pool))
    return {one.file.path.name: error for one, error in found}, sum(counts)


def test_all_files_come_and_are_counted(web, tmp_path):
    errors, count = fetched(web, tmp_path / "copy")
    assert errors == {"file.bin": None, "other.bin": None}
    assert count == 2 * len(CONTENT)
    assert (tmp_path / "copy" / "copy" / "other.bin").read_bytes() == CONTENT


def test_one_that_is_wrong_is_named_and_the_other_comes(web, tmp_path):
    web.faults["file.bin"] = ["wrong_byte"] * 3
    errors, _ = fetched(web, tmp_path / "copy")
    assert "does not match the manifest" in errors["file.bin"].what
    assert errors["other.bin"] is None


def test_a_damaged_file_is_gone_on_with(web, tmp_path):
    path = tmp_path / "copy" / "copy" / "file.bin"
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT[:1000])
    assert fetched(web, tmp_path / "copy", names=["file.bin"], state=CopyState.DAMAGED)[0] == {"file.bin": None}
    assert web.gets("file.bin") == ["bytes=1000-"]


def test_a_server_that_is_gone_ends_the_run(web, tmp_path):
    web.faults["file.bin"] = ["busy"] * 10
    with pytest.raises(UnreachableError):
        fetched(web, tmp_path / "copy", names=["file.bin"])


class Elsewhere(ThreadPoolExecutor):
    """An executor whose workers have another folder, or die."""

    def __init__(self, error=None):
        super().__init__(1)
        self.error = error

    def submit(self, function, /, *arguments, **keywords):
        future = Future()
        future.set_exception(self.error) if self.error else future.set_result(None)
        return future


def test_a_folder_that_is_not_shared_is_said(web, tmp_path):
    errors, count = fetched(web, tmp_path / "copy", executor=Elsewhere(), names=["file.bin"])
    assert isinstance(errors["file.bin"], FetchError)
    assert "another folder" in errors["file.bin"].what
    assert count == 0


def test_a_worker_that_dies_costs_its_file(web, tmp_path):
    errors, _ = fetched(web, tmp_path / "copy", executor=Elsewhere(MemoryError()), names=["file.bin"])
    assert "the worker that fetched the file died" in errors["file.bin"].what
