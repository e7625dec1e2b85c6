"""The wheel holds every package, and the public names resolve without importing what they do not need."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import pytest

import nwbgate
from nwbgate.cli import VERBS
from nwbgate.yaml_file import read_yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
#: Names of libraries that conda-forge calls otherwise.
CONDA = {"isal": "python-isal"}


def test_every_folder_with_code_is_a_package():
    folders = {path.parent for path in (ROOT / "src" / "nwbgate").rglob("*.py")}
    assert len(folders) > 40
    assert not [folder for folder in folders if not (folder / "__init__.py").is_file()]


def test_the_version_is_that_of_the_installed_package():
    assert nwbgate.__version__ == version("nwbgate")


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


def test_python_is_bounded_as_the_classifiers_say():
    """A newer Python is refused in one line, not by a compiler; each Python of the workflow is admitted."""
    versions = [(3, int(minor)) for minor in re.findall(r"Python :: 3\.(\d+)", " ".join(PROJECT["classifiers"]))]
    assert PROJECT["requires-python"] == f">=3.{min(versions)[1]},<3.{max(versions)[1] + 1}"
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    used = {int(minor) for minor in re.findall(r'"3\.(\d+)"', workflow)}
    assert used == {minor for _, minor in versions}


def test_no_file_repeats_the_version():
    """It comes from the tags of git; a number in the citation would be that of an older release."""
    assert not {"version", "date-released"} & {*read_yaml(ROOT / "CITATION.cff")}


def requirement(line: str) -> tuple[str, str]:
    name, bounds = re.fullmatch(r"([\w.-]+) ?(.*)", line).groups()
    return CONDA.get(name, name), bounds


def test_the_conda_recipe_has_the_same_dependencies():
    recipe = (ROOT / "conda.recipe" / "meta.yaml").read_text(encoding="utf-8")
    run = recipe.partition("  run:\n")[2].partition("\n\n")[0].replace("    - ", "").splitlines()
    wanted = [("python", PROJECT["requires-python"]), *map(requirement, PROJECT["dependencies"])]
    assert [requirement(line) for line in run] == wanted


RECIPES = ("conda.recipe/meta.yaml", "Dockerfile", ".github/workflows/ci.yml", ".ci/install", ".ci/wheel")


@pytest.mark.parametrize("name", RECIPES)
def test_verbs_and_extras_of_build_files_exist(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    extras = {extra for listed in re.findall(r"(?:\.|nwbgate)\[([\w,]+)\]", text) for extra in listed.split(",")}
    verbs = set(re.findall(r"(?:\bnwbgate|\$run) ([a-z]+)(?= [a-z.-])", text)) | set(
        re.findall(r'nwbgate" ([a-z]+)', text)
    )
    assert extras <= set(PROJECT["optional-dependencies"])
    assert verbs <= set(VERBS)
    assert verbs >= {"check"}


def test_the_image_has_a_python_that_is_supported():
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    versions = set(re.findall(r"FROM python:([\d.]+)", image))
    assert len(versions) == 1
    assert f"Programming Language :: Python :: {versions.pop()}" in PROJECT["classifiers"]


@pytest.mark.parametrize("copied", re.findall(r"COPY (\S+) ", (ROOT / "Dockerfile").read_text(encoding="utf-8")))
def test_what_the_image_copies_is_there(copied):
    assert copied.startswith("--from=") or (ROOT / copied).exists()
