"""Pickles of the sample are what Python 2 would have written."""

import io
import pickle
import pickletools
from datetime import datetime

import numpy as np
import pytest

from nwbgate.samples.rig.python2_pickle import Unicode, write_pickle

TREE = {
    "text": "a'b\n",
    "long": "x" * 300,
    Unicode("unicode"): Unicode("stage"),
    "numbers": [1, -5, 2**40, 1.5, True, None],
    "array": np.arange(6, dtype=np.uint32).reshape(2, 3),
    "scalar": np.float64(0.25),
    "when": datetime(2019, 1, 15, 15, 12, 6, 1000),
    "tuple": (1, ("Image", "im065")),
}
#: Opcodes that Python 2 does not know, or that it writes for nothing of the tree.
FOREIGN = {"BINBYTES", "SHORT_BINBYTES", "STACK_GLOBAL", "FRAME", "MEMOIZE", "SHORT_BINUNICODE"}


@pytest.mark.parametrize("protocol", [0, 2])
def test_the_tree_comes_back(tmp_path, protocol):
    write_pickle(tmp_path / "a.pkl", TREE, protocol)
    found = pickle.loads((tmp_path / "a.pkl").read_bytes(), encoding="latin1")
    assert found["text"] == TREE["text"]
    assert found["unicode"] == "stage"
    assert found["numbers"] == TREE["numbers"]
    assert found["when"] == TREE["when"]
    assert found["tuple"] == TREE["tuple"]
    np.testing.assert_array_equal(found["array"], TREE["array"])


def test_opcodes_are_those_of_python_2(tmp_path):
    write_pickle(tmp_path / "a.pkl", TREE, 2)
    names = {operation.name for operation, _, _ in pickletools.genops((tmp_path / "a.pkl").read_bytes())}
    assert not FOREIGN & names
    assert {"SHORT_BINSTRING", "BINSTRING", "BINUNICODE"} <= names


@pytest.mark.parametrize("protocol", [0, 2])
def test_texts_are_byte_strings_and_modules_have_their_old_names(tmp_path, protocol):
    write_pickle(tmp_path / "a.pkl", TREE, protocol)
    asked = set()

    class Recording(pickle.Unpickler):
        def find_class(self, module, name):
            asked.add(f"{module} {name}")
            return super().find_class(module, name)

    found = Recording(io.BytesIO((tmp_path / "a.pkl").read_bytes()), encoding="bytes").load()
    assert found[b"text"] == b"a'b\n"
    assert found["unicode"] == "stage"
    assert asked == {
        "numpy.core.multiarray _reconstruct", "numpy.core.multiarray scalar", "numpy ndarray", "numpy dtype",
        "datetime datetime",
    }  # fmt: skip


def test_a_gzipped_pickle_is_the_same_each_time(tmp_path):
    for name in ("a.pkl.gz", "b.pkl.gz"):
        write_pickle(tmp_path / name, TREE, 0)
    assert (tmp_path / "a.pkl.gz").read_bytes() == (tmp_path / "b.pkl.gz").read_bytes()
