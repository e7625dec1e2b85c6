"""Pickles of texts, references and records are read; whatever else a pickle asks for is refused and not run."""

import os
import pickle

import numpy as np
import pytest
from hdmf_zarr.utils import ZarrReference

from nwbgate.storage.zarr_stores.pickled_objects import pickled_objects

REFERENCE = ZarrReference(source=".", path="/units", object_id="1", source_object_id="2")
RECORDS = np.array([(1, 2, REFERENCE)], dtype=[("idx_start", "i4"), ("count", "i4"), ("timeseries", "O")])


@pytest.mark.parametrize("protocol", [4, 5])
def test_objects_of_hdmf_zarr_are_plain(protocol):
    texts = np.array(["a", "b"], object)
    references = np.array([REFERENCE, REFERENCE], object)
    assert pickled_objects(pickle.dumps(texts, protocol)) == ["a", "b"]
    (first, _) = pickled_objects(pickle.dumps(references, protocol))
    assert (type(first), first["path"]) == (dict, "/units")
    ((start, count, target),) = pickled_objects(pickle.dumps(RECORDS, protocol))
    assert (start, count, target["path"]) == (1, 2, "/units")


class Command:
    def __reduce__(self):
        return os.system, ("touch run-by-a-pickle",)


@pytest.mark.parametrize(
    "content",
    [
        pickle.dumps(Command()), pickle.dumps(np.array([Command()], object)), pickle.dumps(np.arange(3)),
        pickle.dumps(["a"]), b"", b"\x80\x05", pickle.dumps(np.array(["a"], object))[:-4],
        b"cos\nsystem\n(S'touch run-by-a-pickle'\ntR.", pickle.dumps(os.path.join), b"Pbin\n.",
    ],
    ids=range(10),
)  # fmt: skip
def test_anything_else_is_refused(content, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="a pickle"):
        pickled_objects(content)
    assert not [*tmp_path.iterdir()]
