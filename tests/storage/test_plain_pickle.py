"""Pickles of plain data: read in every protocol, and nothing else in any."""

import collections
import datetime
import gzip
import pickle
import pickletools

import numpy as np
import pytest

from nwbgate.errors import SourceError, UsageError
from nwbgate.storage import plain_pickle
from nwbgate.storage.plain_pickle import load_plain
from support.development_data import shared

PLAIN = {
    "numbers": [1, 2.5, True, None, 10**30],
    "array": np.arange(6, dtype=np.float32).reshape(2, 3),
    "column order": np.asfortranarray(np.arange(6, dtype=">i4").reshape(2, 3)),
    "texts": np.array(["a", "bc"]),
    "objects": np.array(["a", (1, 2)], dtype=object),
    "scalar": np.float64(0.1),
    "time": datetime.datetime(2019, 1, 15, 15, 12, 6, 1000),
    "ordered": collections.OrderedDict([("b", 1), ("a", 2)]),
    "bytes": b"\xff\x00",
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "some.pkl"


@pytest.mark.parametrize("protocol", range(6))
def test_plain_data_come_back_from_every_protocol(path, protocol):
    path.write_bytes(pickle.dumps(PLAIN, protocol=protocol))
    found = load_plain(path, "a pickle")
    for name, value in PLAIN.items():
        assert np.array_equal(found[name], value) if isinstance(value, np.ndarray) else found[name] == value
    assert found["array"].dtype == np.float32
    assert list(found["ordered"]) == ["b", "a"]


def test_a_pickle_of_python_2_gives_texts(path):
    path.write_bytes(b"(dp0\nS'caf\\xe9'\np1\nS'\\x00\\xff'\np2\ns.")
    assert load_plain(path, "a pickle") == {"caf\xe9": "\x00\xff"}


def test_a_packed_pickle_is_unpacked_whatever_its_name(path):
    path.write_bytes(gzip.compress(pickle.dumps([1, 2])))
    assert load_plain(path, "a pickle") == [1, 2]


class _Evil:
    def __init__(self, call, *values):
        self.call, self.values = call, values

    def __reduce__(self):
        return self.call, self.values


@pytest.mark.parametrize("protocol", [0, 2, 4])
@pytest.mark.parametrize("call", [print, eval, open, np.load, np.ndarray, __import__])
def test_a_callable_that_plain_data_do_not_need_is_refused_and_not_called(path, protocol, call, capsys):
    path.write_bytes(pickle.dumps(_Evil(call, "marker"), protocol=protocol))
    with pytest.raises(SourceError, match="asks for code") as error:
        load_plain(path, "a pickle")
    assert call.__name__ in error.value.got
    assert capsys.readouterr().out == ""


def test_numpy_arrays_may_not_be_made_by_their_constructor(path):
    path.write_bytes(b"cnumpy\nndarray\n(I10\ntR.")
    with pytest.raises(SourceError, match="asks for code"):
        load_plain(path, "a pickle")


DTYPE = b"cnumpy\ndtype\n(S'%s'\nI0\nI1\ntR"
ARRAY = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR"


@pytest.mark.parametrize(
    "content",
    [
        # bytes in place of the members of an array of objects: they would be taken for addresses
        ARRAY + b"(I1\n(I1\nt" + DTYPE % b"O8" + b"I00\nS'AAAAAAAA'\ntb.",
        # more bytes than there are
        ARRAY + b"(I1\n(I1000000\nt" + DTYPE % b"f8" + b"I00\nS'AAAAAAAA'\ntb.",
        # a type with fields, and one that does not exist
        DTYPE % b"V8" + b"(I3\nS'<'\nN(S'a'\nt(dNI8\nI1\nI0\ntb.",
        ARRAY + b"(I1\n(I1\nt" + DTYPE % b"b1,O" + b"I00\nS'AAAAAAAAA'\ntb.",
        # what builds the values of a pickle is changed by a pickle
        b"cnumpy\nndarray\n(dS'_call'\nI1\nsb.",
        b"cnumpy\nndarray\n(N(dS'_call'\nI1\nstb.",
        b"ccollections\nOrderedDict\n(N(dS'_call'\nI1\nstb.",
        # an object outside of the pickle
        b"Psomewhere\n.",
        b"\x80\x02\x8a\x04\xff\xff\xff\xff",
        b"garbage",
    ],
)
def test_pickles_that_are_not_plain_are_refused(path, content):
    path.write_bytes(content)
    with pytest.raises(SourceError):
        load_plain(path, "a pickle")


@pytest.mark.parametrize(("content", "what"), [(b"", "is empty"), (pickle.dumps(PLAIN)[:-40], "ends too early")])
def test_broken_pickles_are_named_for_what_they_are(path, content, what):
    path.write_bytes(content)
    with pytest.raises(SourceError, match=what):
        load_plain(path, "a pickle")


@pytest.mark.parametrize(
    "content",
    [gzip.compress(b"", mtime=0)[:-4], gzip.compress(pickle.dumps(PLAIN), mtime=0)[:60]],
    ids=["without its end", "cut"],
)
def test_a_broken_package_is_refused(path, content):
    path.write_bytes(content)
    with pytest.raises(SourceError):
        load_plain(path, "a pickle")


def test_a_small_package_may_not_unpack_to_much(path, monkeypatch):
    monkeypatch.setattr(plain_pickle, "HARMLESS", 1 << 20)
    path.write_bytes(gzip.compress(pickle.dumps(b"\0" * (8 << 20))))
    with pytest.raises(SourceError, match="larger than any"):
        load_plain(path, "a pickle")


def test_a_pickle_larger_than_any_is_not_read(path, monkeypatch):
    monkeypatch.setattr(plain_pickle, "LARGEST", 100)
    path.write_bytes(pickle.dumps("x" * 200))
    with pytest.raises(SourceError, match="larger than any"):
        load_plain(path, "a pickle")


def test_a_path_without_a_file_is_refused(path):
    with pytest.raises(UsageError, match="no such file"):
        load_plain(path, "a pickle")


def test_names_are_those_that_plain_data_need(path):
    named = {
        str(value).replace(" ", ".")
        for protocol in range(5)
        for code, value, _ in pickletools.genops(pickle.dumps(PLAIN, protocol=protocol))
        if code.name == "GLOBAL"
    }
    assert {f"{module}.{name}" for module, name in plain_pickle.NAMES} >= named


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("evil_reduce.pkl", "asks for code"),
        ("evil_reduce_proto0.pkl", "asks for code"),
        ("evil_reduce_proto4.pkl", "asks for code"),
        ("evil_builtins_eval.pkl", "asks for code"),
        ("evil_reduce.pkl.gz", "asks for code"),
        ("truncated.pkl", "ends too early"),
        ("empty.pkl", "is empty"),
        ("not_a_pickle.pkl", "not a sound pickle"),
        ("zip_bomb.pkl.gz", "larger than any"),
    ],
)
def test_hostile_pickles_are_refused_and_run_nothing(name, what, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match=what):
        load_plain(shared("rig_sources", "bad", name), "a pickle")
    assert not list(tmp_path.iterdir())
