"""Opening what is an NWB file, and refusing what is not."""

import errno
import shutil
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from nwbgate.errors import SourceError, UsageError
from nwbgate.storage.hdf5 import at, dataset_at, group_at, groups, is_nwb_file, open_nwb_file, readable
from nwbgate.storage.values import text
from nwbgate.validators.file_findings import file_findings
from support.standard_session import ACTIVE, GRATINGS


def test_a_file_that_is_open_stays_open():
    with h5py.File(GRATINGS) as file:
        with open_nwb_file(file) as same:
            assert same is file
        assert file.id.valid


def test_a_path_is_closed_afterwards():
    with open_nwb_file(GRATINGS) as file:
        pass
    assert not file.id.valid


def test_a_missing_file_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="no such file"), open_nwb_file(tmp_path / "nothing.nwb"):
        pass


def test_a_text_file_is_not_an_nwb_file(tmp_path):
    (tmp_path / "text.nwb").write_text("text")
    with pytest.raises(SourceError, match="not an NWB file"), open_nwb_file(tmp_path / "text.nwb"):
        pass


def test_hdf5_without_nwb_is_not_an_nwb_file(tmp_path):
    h5py.File(tmp_path / "plain.nwb", "w").close()
    with pytest.raises(SourceError, match="HDF5 file, not an NWB file"), open_nwb_file(tmp_path / "plain.nwb"):
        pass


def test_a_root_that_an_extension_derives_from_nwbfile_is_an_nwb_file(tmp_path):
    path = tmp_path / "derived.nwb"
    with h5py.File(path, "w") as file:
        file.attrs.update(neurodata_type="LabFile", namespace="ndx-lab", nwb_version="2.6.0")
        assert is_nwb_file(file)
        file.attrs["namespace"] = "core"
        assert not is_nwb_file(file)


def test_a_truncated_file_cannot_be_read(tmp_path):
    whole = ACTIVE.read_bytes()
    (tmp_path / "short.nwb").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="cannot read") as error, open_nwb_file(tmp_path / "short.nwb"):
        pass
    assert "truncated" in error.value.got


def test_links_to_other_files_are_refused_and_not_followed(tmp_path):
    shutil.copy(GRATINGS, tmp_path / "linked.nwb")
    with h5py.File(tmp_path / "linked.nwb", "r+") as file:
        file["acquisition/elsewhere"] = h5py.ExternalLink("other.h5", "/data")
        with pytest.raises(SourceError, match="links to another file"):
            at(file, "/acquisition/elsewhere/data")
        with pytest.raises(SourceError, match="links to another file"):
            list(groups(file))


def test_what_is_not_there_is_nothing():
    with h5py.File(GRATINGS) as file:
        assert at(file, "/nothing/at/all") is None
        assert at(file, "/identifier/below_a_dataset") is None
        assert group_at(file, "/identifier") is None
        assert dataset_at(file, "/intervals") is None
        assert dataset_at(file["intervals"], "/identifier")[()] == b"1900011401"


def test_a_soft_link_that_leads_nowhere_is_nothing(tmp_path):
    with h5py.File(tmp_path / "links.h5", "w") as file:
        file["link"] = h5py.SoftLink("/nowhere")
        assert at(file, "link") is None
        assert list(groups(file)) == []


def test_text_is_text_whatever_it_was():
    assert text(b"bytes") == "bytes"
    assert text(None) == ""
    assert text(np.array(["a", "b"], dtype=object)) == "a; b"
    assert text(7) == "7"


def test_a_file_that_is_being_written_says_to_wait(tmp_path):
    path = Path(shutil.copy(GRATINGS, tmp_path / "written.nwb"))
    script = f"import h5py, sys; f = h5py.File({str(path)!r}, 'r+'); print(flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        writer.stdout.readline()
        with pytest.raises(SourceError, match="open for writing") as caught, open_nwb_file(path):
            pass
        found = file_findings(path, inspector=False, layout=False)
        writer.stdin.close()
    assert "wait for the writer" in caught.value.fix
    assert "copy" not in caught.value.fix
    assert [finding.code for finding in found] == ["file.unreadable"]
    assert "wait for the writer" in found[0].message
    with open_nwb_file(path) as file:
        assert file.id.valid


def test_a_disk_that_knows_no_locks_is_not_taken_for_a_writer():
    refusal = OSError(errno.ENOSYS, "unable to lock file, errno = 38, error message = 'Function not implemented'")
    with pytest.raises(SourceError, match="does not support HDF5's locking") as caught, readable("a.nwb"):
        raise refusal
    assert "HDF5_USE_FILE_LOCKING=FALSE" in caught.value.fix


def test_a_link_to_nothing_is_said_to_be_one(tmp_path):
    (tmp_path / "link.nwb").symlink_to("absent.nwb")
    with pytest.raises(UsageError, match="no such file") as caught, open_nwb_file(tmp_path / "link.nwb"):
        pass
    assert caught.value.got == "a link to absent.nwb"
