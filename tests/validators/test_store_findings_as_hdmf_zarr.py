"""No message that hdmf-zarr's reading gives PyNWB's validator or NWB Inspector is lost on a store."""

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
import zarr
from hdmf_zarr import NWBZarrIO
from nwbinspector import inspect_nwbfile
from pynwb import NWBHDF5IO, validate

from nwbgate.corpus.any_file_session import any_file_session
from nwbgate.validators.file_findings import file_findings
from nwbgate.validators.inspector_findings import store_checks
from support.development_data import SHARED
from support.zarr_stores import edit_json, pickles_allowed, write_store

FOREIGN = SHARED / "foreign"
NAMES = ("test_ElectricalSeries", "test_TwoPhotonSeries", "test_PlaneSegmentation", "test_PatchClampSeries", "test")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
#: Checks of NWB Inspector that crash on arrays of Zarr, and judge the HDF5 form of the same content.
CRASHED_ON_ZARR = re.compile(
    r"IndexError: (arrays used as indices|unsupported selection)|ValueError: setting an array element|BoundsCheckError"
)


def wants_unsigned(error) -> bool:
    """What is said of every attribute that has to be unsigned: JSON has no such type."""
    of_attribute = "." in str(error.location).rsplit("/", 1)[-1]
    return of_attribute and bool(re.search(r"expected 'uint\d*', got 'int64'", error.reason))


def said_through_hdmf_zarr(store: Path) -> Counter[str]:
    """Messages of the tools themselves, opened as their users open a store."""
    with pickles_allowed():
        inspected = [
            message.message.strip().splitlines()[-1]
            for message in inspect_nwbfile(nwbfile_path=str(store), checks=store_checks(), skip_validate=True)
            if message is not None
        ]
        with NWBZarrIO(str(store), "r", load_namespaces=True) as io:
            validated = [f"{error.name}: {error.reason}" for error in validate(io=io) if not wants_unsigned(error)]
    return Counter([text for text in inspected if not CRASHED_ON_ZARR.search(text)] + validated)


def said_here(store: Path) -> Counter[str]:
    found = file_findings(store, layout=False)
    return Counter(each.message for each in found if "the check crashed" not in each.message)


@pytest.mark.parametrize("name", NAMES)
def test_stores_of_other_programs_have_equal_messages(tmp_path, name):
    if not FOREIGN.is_dir():
        pytest.skip("the files of others are not here")
    source = next(path for path in sorted(FOREIGN.rglob(f"{name}.nwb")))
    store = tmp_path / f"{name}.nwb.zarr"
    with NWBHDF5IO(str(source), "r", load_namespaces=True) as reading, NWBZarrIO(str(store), "w") as io:
        io.export(src_io=reading, write_args={"link_data": False})
    theirs = said_through_hdmf_zarr(store)
    assert theirs
    assert said_here(store) == theirs


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return write_store(tmp_path_factory.mktemp("whole") / "whole.nwb.zarr", any_file_session())


def without_unit(store: Path) -> None:
    edit_json(store / "acquisition/raw/data/.zattrs", unit=None)


def without_keywords(store: Path) -> None:
    shutil.rmtree(store / "general/keywords")


def without_dimensions(store: Path) -> None:
    edit_json(store / "acquisition/raw/data/.zattrs", _ARRAY_DIMENSIONS=None)


def out_of_table(store: Path) -> None:
    zarr.open_group(str(store), "r+")["acquisition/raw/electrodes"][0] = 99


@pytest.mark.parametrize("edit", [without_unit, without_keywords, without_dimensions, out_of_table])
def test_faulty_stores_have_equal_messages(whole, tmp_path, edit):
    store = shutil.copytree(whole, tmp_path / "session.nwb.zarr")
    edit(store)
    (store / ".zmetadata").unlink()
    assert said_here(store) == said_through_hdmf_zarr(store)
