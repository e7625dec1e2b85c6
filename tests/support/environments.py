"""Environments of other libraries than those that the tests run with."""

import subprocess
import venv
from pathlib import Path

import pytest


def python_with(folder: Path, *packages: str) -> Path:
    """Return the Python of an environment with some packages, or skip where they cannot be installed."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
    try:
        installed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    except subprocess.TimeoutExpired:
        pytest.skip(f"{packages} were not installed within ten minutes")
    if installed.returncode:
        pytest.skip(f"{packages} cannot be installed: {installed.stderr.strip().splitlines()[-1]}")
    return python
