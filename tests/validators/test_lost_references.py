"""A reference that leads nowhere is named with its object, where HDMF stops without a word about it."""

import h5py
import pytest

from nwbgate.validators.file_findings import file_findings
from nwbgate.validators.lost_references import lost_reference_findings
from support.made_nwb_files import edit, session, write


@pytest.fixture
def path(tmp_path):
    """A file with a unit, whose spike times have an index."""
    nwbfile = session()
    nwbfile.add_unit(spike_times=[1.0, 2.0])
    return write(tmp_path, nwbfile=nwbfile)


def refer_to_nothing(file):
    absent = file.create_dataset("absent", data=[1])
    file["units/spike_times_index"].attrs["target"] = absent.ref
    del file["absent"]


def test_a_lost_reference_is_the_finding_and_has_its_place(path):
    (found,) = file_findings(edit(path, refer_to_nothing))
    assert found.code == "file.broken_link"
    assert found.message == "the attribute target refers to an absent object"
    assert found.location == "/units/spike_times_index"


def test_a_null_reference_is_lost_as_well(path):
    edit(path, lambda file: file["units/spike_times_index"].attrs.modify("target", h5py.Reference()))
    with h5py.File(path) as file:
        assert len(lost_reference_findings(file, path)) == 1


def test_references_that_lead_somewhere_are_no_findings(path):
    with h5py.File(path) as file:
        assert lost_reference_findings(file, path) == []


@pytest.mark.parametrize("targets", [["/acquisition/a"], ["/acquisition/b", "/acquisition/a"]])
def test_links_in_a_circle_have_their_places(path, targets):
    def link(file):
        for name, target in zip("ab", targets, strict=False):
            file[f"acquisition/{name}"] = h5py.SoftLink(target)

    found = file_findings(edit(path, link))
    assert {(each.code, each.message) for each in found} == {("file.broken_link", "the link leads to itself")}
    assert [each.location for each in found] == [f"/acquisition/{name}" for name, _ in zip("ab", targets, strict=False)]
