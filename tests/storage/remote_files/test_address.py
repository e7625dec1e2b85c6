"""An address is a path with a name and a folder, and stays an address on its way through processes."""

import os
import pickle
from pathlib import Path

import pytest

from nwbgate.errors import SourceError
from nwbgate.storage.remote_files.address import Address, as_path, naming

SIGNED = "https://storage.example.org/blob?X-Amz-Signature=secret"
SHOWN = "dandi://000711@draft/sub-m1/sub-m1_ses-s0.nwb"


def test_names_and_folders_are_those_of_the_address():
    address = Address(SHOWN, SIGNED, 10)
    assert (address.name, address.parent.name, address.stem) == ("sub-m1_ses-s0.nwb", "sub-m1", "sub-m1_ses-s0")
    assert (str(address), os.fspath(address), str(address.absolute())) == (SHOWN, SHOWN, SHOWN)


def test_an_address_survives_pickling_whole():
    again = pickle.loads(pickle.dumps(Address(SHOWN, SIGNED, 10)))
    assert (type(again), str(again), again.url, again.size) == (Address, SHOWN, SIGNED, 10)


@pytest.mark.parametrize("given", ["https://x.org/a.nwb", Path("https://x.org/a.nwb"), "s3://b/c", "dandi://000711"])
def test_addresses_are_known_by_their_scheme(given):
    assert isinstance(as_path(given), Address)


@pytest.mark.parametrize("given", ["a.nwb", "/data/https.nwb", Path("c:/a.nwb")])
def test_paths_stay_paths(given):
    assert not isinstance(as_path(given), Address)


def test_a_signed_address_is_not_shown_in_errors():
    with pytest.raises(SourceError) as refused, naming(Address(SHOWN, SIGNED)):
        raise SourceError("broken", where=f"{SIGNED} /units", fix="try again")
    assert refused.value.where == f"{SHOWN} /units"
