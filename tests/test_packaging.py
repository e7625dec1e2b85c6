"""The wheel holds every package, and the public names resolve without importing what they do not need."""

import subprocess
import sys
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

import nwbgate

ROOT = Path(__file__).parents[1]


def test_every_package_is_listed():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    found = {".".join(path.parent.relative_to(ROOT / "src").parts) for path in (ROOT / "src").rglob("__init__.py")}
    assert set(listed) == found | {"nwbgate.schemas", "nwbgate.conversions"}


def test_version_is_said_once_more_correctly():
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == nwbgate.__version__


def test_every_shipped_recipe_is_data_of_the_package():
    recipes = [folder for folder in files("nwbgate.conversions").iterdir() if (folder / "conversion.yaml").is_file()]
    assert {recipe.name for recipe in recipes} >= {"dataset_ii"}


@pytest.mark.parametrize("name", nwbgate.__all__)
def test_public_names_resolve(name):
    assert getattr(nwbgate, name) is not None
    assert name in dir(nwbgate)


def test_an_unknown_name_is_refused_and_the_public_ones_named():
    with pytest.raises(AttributeError, match=r"convert_sesion.*convert_session"):
        nwbgate.convert_sesion  # noqa: B018


@pytest.mark.parametrize("arguments", [["-c", "import nwbgate"], ["-m", "nwbgate", "--help"]])
def test_starting_up_imports_nothing_heavy(arguments):
    probe = subprocess.run([sys.executable, "-X", "importtime", *arguments], capture_output=True, text=True, check=True)
    imported = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in probe.stderr.splitlines()}
    assert not imported & {"pandas", "pynwb", "neuroconv", "nwbinspector", "numpy"}
