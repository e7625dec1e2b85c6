"""Compiled modules of nwbgate, which an installed wheel has, for processes that are measured from their start."""

import compileall
from pathlib import Path

import nwbgate


def compile_package() -> None:
    """Compile our modules, as `pip` does; others of this environment were compiled when they were installed."""
    compileall.compile_dir(Path(nwbgate.__file__).parent, quiet=1)
