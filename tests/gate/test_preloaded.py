"""What workers of a check begin with."""

import subprocess
import sys

import pytest

PRINTED = """
import sys
import nwbgate.gate.preloaded
import pandas as pd
print(pd.Series(["text"]).dtype.storage, "pyarrow" in sys.modules)
import pyarrow
print(pyarrow.__name__)
"""


def printed(before: str = "") -> list[str]:
    command = [sys.executable, "-W", "ignore", "-c", before + PRINTED]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def test_texts_are_those_of_python_and_pyarrow_can_still_be_imported():
    pytest.importorskip("pyarrow")
    assert printed() == ["python", "False", "pyarrow"]


def test_a_process_that_has_pandas_keeps_its_pyarrow():
    pytest.importorskip("pyarrow")
    assert printed("import pandas\n") == ["pyarrow", "True", "pyarrow"]


def test_libraries_that_no_check_uses_are_left_out_and_can_be_imported_later():
    pytest.importorskip("hdmf_zarr")
    unused = ("hdmf_zarr", "numexpr", "numpy.f2py.crackfortran", "pydantic")
    code = (
        "import sys, nwbgate.gate.preloaded\n"
        f"print([name for name in {unused} if name in sys.modules])\n"
        "import hdmf_zarr, numpy.f2py.crackfortran\n"
        "print(hdmf_zarr.NWBZarrIO.__name__, numpy.f2py.crackfortran.__name__)\n"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["[]", "NWBZarrIO numpy.f2py.crackfortran"]
