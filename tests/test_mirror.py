"""Tests mirror the source: each test file names the module or the folder that it tests."""

from pathlib import Path

import nwbgate
from support.places import TESTS

SOURCE = Path(nwbgate.__file__).parent
#: Folders whose tests are about more than one module of the source.
OF_THE_WHOLE = {"faults", "support", "data", "reliability"}


def mirrored(path: Path) -> bool:
    folder, name = path.parent.relative_to(TESTS), path.stem.removeprefix("test_")
    modules = {module.stem for module in (SOURCE / folder).glob("*.py")} | {folder.name}
    return any(name == module or name.startswith(f"{module}_") for module in modules)


def test_each_test_file_names_a_module_or_its_folder():
    files = [path for path in TESTS.rglob("test_*.py") if path.parent != TESTS]
    assert files
    wrong = [
        str(path.relative_to(TESTS))
        for path in files
        if path.relative_to(TESTS).parts[0] not in OF_THE_WHOLE and not mirrored(path)
    ]
    assert not wrong


def test_each_folder_of_the_source_has_tests():
    folders = {Path(path.relative_to(SOURCE).parts[0]) for path in SOURCE.rglob("*/*.py")}
    assert not [folder for folder in sorted(folders) if not [*(TESTS / folder).glob("test_*.py")]]


def test_helpers_live_in_one_package():
    others = [path for path in TESTS.rglob("*.py") if not path.name.startswith("test_") and path.name != "conftest.py"]
    assert not [path for path in others if path.relative_to(TESTS).parts[0] not in {"support", "faults"}]
