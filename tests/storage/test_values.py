"""Values are looked at before they are converted, and an error names place, value and what was expected."""

import h5py
import numpy as np
import pytest

from nwbgate.errors import MalformedError, TooLargeError
from nwbgate.storage import values

TEXTS = np.array(["a", "b"], dtype=object)


@pytest.fixture
def file(tmp_path):
    with h5py.File(tmp_path / "values.h5", "w") as opened:
        opened["number"], opened["text"], opened["several"] = 1.5, "word", [1, 2, 3]
        opened.create_dataset("texts", data=TEXTS, dtype=h5py.string_dtype())
        opened["null"] = h5py.Empty("f8")
        opened["wide"] = np.zeros((2, 3))
        opened["reference"] = opened["number"].ref
        opened["fractions"] = [1.0, 2.5]
        opened["number"].attrs.update({"rate": 4.0, "list": [4.0, 5.0], "word": "fast", "null": h5py.Empty("f8")})
        yield opened


@pytest.mark.parametrize("name", ["text", "several", "texts", "null", "wide", "reference"])
def test_only_a_scalar_number_is_one_number(file, name):
    with pytest.raises(MalformedError, match="one number") as refused:
        values.one_number(file[name])
    assert refused.value.where == f"{file.filename} /{name}"
    assert values.one_number(file["number"]) == 1.5


@pytest.mark.parametrize("name", ["null", "reference"])
def test_neither_nothing_nor_a_reference_is_a_text(file, name):
    with pytest.raises(MalformedError):
        values.one_text(file[name])
    assert [values.one_text(file[each]) for each in ("text", "texts", "number")] == ["word", "a; b", "1.5"]


@pytest.mark.parametrize("name", ["number", "text", "texts", "null", "wide", "reference"])
def test_only_a_list_of_numbers_is_a_vector(file, name):
    with pytest.raises(MalformedError, match=r"\(n\)|without a value"):
        values.vector(file[name])
    assert values.vector(file["several"]).tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("name", ["texts", "null", "wide", "fractions"])
def test_only_whole_numbers_are_row_numbers(file, name):
    with pytest.raises(MalformedError, match=r"whole number|without a value"):
        values.whole_numbers(file[name])
    assert values.whole_numbers(file["several"]).tolist() == [1, 2, 3]


def test_a_number_that_does_not_fit_is_refused(file):
    file["large"] = np.array([2**63], dtype=np.uint64)
    with pytest.raises(MalformedError):
        values.whole_numbers(file["large"])


@pytest.mark.parametrize("name", ["list", "word", "null"])
def test_only_a_number_is_an_attribute_of_one_number(file, name):
    with pytest.raises(MalformedError, match=f"attribute {name}"):
        values.number_attribute(file["number"], name, 1.0)
    assert values.number_attribute(file["number"], "rate", 1.0) == 4.0
    assert values.number_attribute(file["number"], "absent", 1.0) == 1.0


def test_a_reference_leads_to_an_object_or_is_refused(file):
    assert values.referenced_object(file["text"], file["number"].ref) == file["number"]
    for other in (h5py.Reference(), "text", None):
        with pytest.raises(MalformedError, match="broken reference"):
            values.referenced_object(file["text"], other)


def test_a_dataset_that_says_it_is_huge_is_not_read(file):
    huge = file.create_dataset("huge", (2**40,), "f8", chunks=(1024,))
    with pytest.raises(TooLargeError, match="8,796,093,022,208 bytes"):
        values.stored_content(huge)
    with pytest.raises(TooLargeError):  # more than any computer that runs this has
        values.stored_content(huge, most=None)


def test_a_chunk_counts_whole_however_little_of_it_is_read(file):
    one_chunk = file.create_dataset("one_chunk", (2**28,), "f8", chunks=(2**28,))
    with pytest.raises(TooLargeError):
        values.refuse_large(one_chunk, rows=10)
    values.refuse_large(file.create_dataset("many", (2**28,), "f8", chunks=(1024,)), rows=10)
