"""The table of floors in DESIGN.md is true: imports go downwards only."""

import ast
from collections import defaultdict
from pathlib import Path

import nwbgate

SOURCE = Path(nwbgate.__file__).parent
FLOORS = {
    "cli": 10,
    "corpus": 9.5, "dandi": 9.5, "streaming": 9.5,
    "conversion": 9, "fetching": 9,
    "gate": 8,
    "qc_runs": 7,
    "validators": 6, "report": 6, "inspector": 6,
    "findings": 5,
    "browser": 4, "comparison": 4, "interfaces": 4, "qc": 4, "plots": 4, "nwbfile": 4, "pynapple_objects": 4,
    "rules": 3, "reading": 3,
    "manifest": 2, "writing": 2,
    "cache": 1.5, "samples": 1.5, "json_lines": 1.5, "cluster": 1.5,
    "algorithms": 1, "storage": 1, "yaml_file": 1, "json_text": 1,
    "archives": 0.8,
    "extras": 0.5, "text_encoding": 0.5, "processes": 0.5,
    "errors": 0, "version": 0,
}  # fmt: skip
STRANGERS = [("interfaces", "rules"), ("rules", "interfaces")]
PRINTERS = {"cli", "report"}
HEAVY = {"pandas", "pynwb", "neuroconv", "nwbinspector"}


def imports(path: Path) -> list[tuple[str, int]]:
    """Every module that a file imports, anywhere in it, with the line."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            found += [(node.module or "", node.lineno)]
            found += [(f"{node.module}.{alias.name}", node.lineno) for alias in node.names if node.module == "nwbgate"]
    return found


def room(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "nwbgate" and len(parts) > 1 and parts[1] in FLOORS else None


def files() -> list[tuple[str, Path]]:
    rooms = [(path.relative_to(SOURCE).parts[0].removesuffix(".py"), path) for path in SOURCE.rglob("*.py")]
    return [(name, path) for name, path in rooms if name not in ("__init__", "__main__")]


def test_every_room_has_a_floor():
    assert {name for name, _ in files()} <= set(FLOORS)


def test_imports_go_downwards():
    wrong = [
        f"{path.relative_to(SOURCE)}:{line} imports {module}"
        for name, path in files()
        for module, line in imports(path)
        if (target := room(module)) and target != name
        and (FLOORS[target] >= FLOORS[name] or (name, target) in STRANGERS)
    ]  # fmt: skip
    assert not wrong, "\n".join(wrong)


def test_reading_uses_h5py_alone():
    wrong = [
        f"{path.relative_to(SOURCE)}:{line} imports {module}"
        for name, path in files()
        for module, line in imports(path)
        if name == "reading" and module.split(".")[0] in {"pynwb", "hdmf", "neuroconv"}
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_below_cli_and_report_prints():
    wrong = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for name, path in files()
        if name not in PRINTERS
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    ]
    assert not wrong, wrong


def test_dataset_names_stay_in_their_rooms():
    datasets = [folder.name for folder in (SOURCE / "interfaces").iterdir() if (folder / "__init__.py").exists()]
    wrong = [
        f"{path.relative_to(SOURCE)}: names {dataset}"
        for name, path in files()
        if name not in {"interfaces", "samples", "corpus"}
        and path.relative_to(SOURCE).as_posix() != "manifest/derive.py"
        for dataset in datasets
        if dataset in path.read_text() or dataset.replace("_", "-") in path.read_text()
    ]
    assert datasets
    assert not wrong, "\n".join(wrong)


def test_no_class_name_stands_for_two_things():
    homes = defaultdict(list)
    for _, path in files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                homes[node.name].append(path.relative_to(SOURCE).as_posix())
    # A stream is called alike in each dataset: its converter tells them apart.
    of_datasets = {"interfaces/visual_behavior", "interfaces/visual_behavior_rig"}
    twice = {name: places for name, places in homes.items() if len(places) > 1}
    wrong = [
        f"{name}: {places}"
        for name, places in twice.items()
        if {"/".join(at.split("/")[:2]) for at in places} != of_datasets
    ]
    assert not wrong


def test_no_drawer_names():
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "core", "base", "manager"}
    assert not [path for _, path in files() if drawers & {part.removesuffix(".py") for part in path.parts[-3:]}]
