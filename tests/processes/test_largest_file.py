"""A limit on the size of files holds in its block, and not beyond."""

import errno
import resource

import pytest

from nwbgate.processes.largest_file import largest_file


def test_a_file_beyond_the_limit_is_refused_in_the_block_alone(tmp_path):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with largest_file(1000) as holds:
        (tmp_path / "small").write_bytes(bytes(1000))
        with pytest.raises(OSError, match="File too large") as raised:
            (tmp_path / "large").write_bytes(bytes(1001))
    assert (holds, raised.value.errno) == (True, errno.EFBIG)
    assert resource.getrlimit(resource.RLIMIT_FSIZE) == before
    (tmp_path / "large").write_bytes(bytes(1001))


@pytest.mark.parametrize("most", [0, 2000])
def test_a_smaller_limit_is_kept(tmp_path, most):
    with largest_file(1000), largest_file(most) as holds:
        assert not holds
        with pytest.raises(OSError, match="File too large"):
            (tmp_path / "large").write_bytes(bytes(1001))
