"""Spoiled files of every kind that nwbgate reads: each run ends with findings, a named error, or as without them."""

import json
import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

import h5py
import yaml

from nwbgate.conversion.batches.ledger import FILE_NAME
from nwbgate.reading.facts.file_frames import session_frames
from support.any_nwb_file import make_nwb_file
from support.browsed_files import write_any, write_recording
from support.file_mutations import Mutation, mutations
from support.places import VALID_MANIFEST
from support.spoiled import spoiled_bytes, spoiled_table, spoiled_value
from support.standard_session import ACTIVE, GRATINGS, write_standard
from support.torture.bench import Bench
from support.torture.outputs import outputs
from support.torture.runs import Ended
from support.torture.verbs import VERBS
from support.torture.verdict import RIGHT, Verdict, refused, wrong

#: Ways to read one file.
_READERS = (
    ("check", "a.nwb", "--jobs", "1", "--no-inspector"),
    ("check", "a.nwb", "--jobs", "1"),
    ("qc", "a.nwb", "--jobs", "1"),
    ("show", "a.nwb"),
    ("show", "a.nwb", "trials", "--csv"),
    ("facts", "a.nwb", "--csv"),
    ("facts", "a.nwb", "--table", "nwb_rois"),
    ("browse", "a.nwb", "--export", "out/a.html"),
    ("diff", "a.nwb", "b.nwb"),
    ("dandi", "plan", ".", "--offline", "--jobs", "1"),
)
_VALID: dict[str, Callable[[Path], object]] = {
    "gratings": lambda path: shutil.copy(GRATINGS, path),
    "planes": lambda path: shutil.copy(ACTIVE, path),
    "standard": lambda path: write_standard(path, session_frames(ACTIVE)),
    "any lab": make_nwb_file,
    "recording": lambda path: write_recording(path, seconds=2),
    "any": write_any,
    "with specifications": lambda path: write_standard(path, session_frames(ACTIVE)),
}
_DANDISET = "identifier: DANDI:000711\nname: a dandiset\nlicense: [spdx:CC-BY-4.0]\n"


def nwb_object(bench: Bench, random: Random) -> Verdict:
    """Spoil one object or attribute."""
    path, every = _valid(bench, random)
    mutation = random.choice(every)
    with h5py.File(path, "r+") as file:
        mutation.change(file)
    return _read(bench, random, f"{mutation.place}: {mutation.name}")


def nwb_bytes(bench: Bench, random: Random) -> Verdict:
    """Cut a file short, or change some bytes of it."""
    path, _ = _valid(bench, random)
    path.write_bytes(spoiled_bytes(path.read_bytes(), random))
    return _read(bench, random, "bytes")


def provenance(bench: Bench, random: Random) -> Verdict:
    """Spoil the provenance of a converted file, and convert its source again."""
    bench.prepare(VERBS["convert"], False)
    bench.run(VERBS["convert"].words)
    (bench.root / "out" / FILE_NAME).unlink()
    place = "general/source_script"
    for path in (bench.root / "out").rglob("*.nwb"):
        with h5py.File(path, "r+") as file:
            text = spoiled_text(file[place][()].decode(), random)
            file[place][()] = text.replace("\0", "")
    return _judged(bench.run(random.choice([VERBS["convert"].words, ("check", "out", "--jobs", "1")])), "provenance")


def table(bench: Bench, random: Random) -> Verdict:
    """Spoil a table of a release, of sessions, or of decisions."""
    _empty(bench)
    folder = bench.root / "tables"
    shutil.copytree(VALID_MANIFEST, folder)
    chosen = random.choice(sorted(folder.glob("*.csv")))
    _spoil_table(chosen, random)
    return _judged(bench.run(("check", "--manifest", "tables")), chosen.name)


def yaml_file(bench: Bench, random: Random) -> Verdict:
    """Spoil a waiver, recipe, metadata, criteria, specification or dandiset."""
    _empty(bench)
    name, words = random.choice(_YAML)
    _yaml_sources(bench)
    file = bench.root / name
    if random.random() < 0.7:
        file.write_text(yaml.safe_dump(spoiled_value(yaml.safe_load(file.read_text()), random)))
    else:
        file.write_bytes(spoiled_bytes(file.read_bytes(), random))
    return _judged(bench.run(words), name)


def json_file(bench: Bench, random: Random) -> Verdict:
    """Spoil the list of files of a release, or stored measurements."""
    file, words = random.choice([_release_list, _measurements])(bench, random)
    file.write_text(spoiled_text(file.read_text(), random))
    return _judged(bench.run(words), file.name)


def _measurements(bench: Bench, random: Random) -> tuple[Path, tuple[str, ...]]:
    known = bench.undisturbed(VERBS["qc --output"], False)
    bench.prepare(VERBS["qc --output"], True)
    names = sorted(name for name in known.newer if name.endswith((".json", ".csv")))
    return bench.root / random.choice(names), ("qc", "--from", "out")


def _release_list(bench: Bench, random: Random) -> tuple[Path, tuple[str, ...]]:
    _empty(bench)
    address = f"{bench.address}/run/release"
    shutil.copytree(bench.work / "release", bench.root / "release", copy_function=os.symlink)
    file = next((bench.root / "release").rglob("*manifest*.json"))
    shutil.copy(file.resolve(), bench.root / "list")
    (bench.root / "list").replace(file)
    return file, ("fetch", "visual-behavior", "out", "--base-url", address, "--sessions", "1900011401,1900011501")


def ledger(bench: Bench, random: Random) -> Verdict:
    """Spoil a ledger: the next run does its work all the same."""
    verb = VERBS[random.choice(["convert", "dandi plan"])]
    known = bench.undisturbed(verb, True)
    bench.prepare(verb, True)
    file = next((bench.root / "out").glob(".*ledger.jsonl"))
    lines = file.read_text().splitlines()
    row = random.randrange(len(lines))
    lines[row] = spoiled_text(lines[row], random)
    file.write_text("\n".join(lines) + random.choice(["", "\n"]), errors="replace")
    ended = bench.run(verb.words)
    now = outputs(bench.root)
    different = [name for name, content in now.items() if name.endswith(".nwb") and content != known.newer[name]]
    if ended.code == 0 and different:
        return wrong(f"{different} differ").about(verb.name)
    return _judged(ended, f"{verb.name}: {lines[row][:200]}")


def spoiled_text(text: str, random: Random) -> str:
    """Return a JSON text with one value replaced, or cut or changed somewhere."""
    try:
        content = json.loads(text)
    except ValueError:
        content = text
    if random.random() < 0.7:
        return json.dumps(spoiled_value(content, random))
    return spoiled_bytes(text.encode(), random).decode(errors="replace")


def _judged(ended: Ended, case: str) -> Verdict:
    found = Verdict.of_broken(ended)
    if found is None and ended.code == 2 and "what to do" not in ended.said and "Usage:" not in ended.said:
        found = wrong(f"no error is named: {ended.out[-300:]} {ended.said[-300:]}")
    return (found or (refused() if ended.code else RIGHT)).about(case)


def _read(bench: Bench, random: Random, case: str) -> Verdict:
    words = random.choice(_READERS)
    if "diff" not in words:
        (bench.root / "b.nwb").unlink()
    return _judged(bench.run(words), f"{' '.join(words)}, {case}")


def _valid(bench: Bench, random: Random) -> tuple[Path, list[Mutation]]:
    """Fill the folder with a valid file twice, and return the first and its mutations."""
    kind = random.choice(sorted(_VALID))
    valid = bench.work / "valid" / f"{kind}.nwb"
    if not valid.exists():
        valid.parent.mkdir(exist_ok=True)
        _VALID[kind](valid)
        if kind != "with specifications":
            _forget_specifications(valid)
    _empty(bench)
    for name in ("a.nwb", "b.nwb"):
        shutil.copy(valid, bench.root / name)
    (bench.root / "dandiset.yaml").write_text(_DANDISET)
    return bench.root / "a.nwb", _mutations(valid)


def _forget_specifications(path: Path) -> None:
    """Leave out the schema that a file carries, which takes longer to load than all else together."""
    with h5py.File(path, "r+") as file:
        file.pop("specifications", None)
        file.attrs.pop(".specloc", None)


@cache
def _mutations(path: Path) -> list[Mutation]:
    return mutations(path)


def _empty(bench: Bench) -> None:
    shutil.rmtree(bench.root, ignore_errors=True)
    for folder in (bench.root / "out", bench.root / "tmp"):
        folder.mkdir(parents=True)


def _spoil_table(path: Path, random: Random) -> None:
    if random.random() < 0.8:
        path.write_text(spoiled_table(path.read_text(), random), encoding="utf-8")
    else:
        path.write_bytes(spoiled_bytes(path.read_bytes(), random))


_YAML = (
    ("waivers.yaml", ("check", "--manifest", "tables", "--waivers", "waivers.yaml")),
    ("recipe/conversion.yaml", ("convert", "recipe", "sources", "--output", "out", "--dry-run")),
    ("recipe/metadata.yaml", ("convert", "recipe", "sources", "--output", "out", "--no-rules")),
    ("criteria/qc.yaml", ("qc", "a.nwb", "--spec", "criteria", "--jobs", "1")),
    ("spec/manifest.yaml", ("check", "--manifest", "tables", "--spec", "spec")),
    ("dandiset.yaml", ("dandi", "plan", ".", "--offline", "--jobs", "1")),
)
_WAIVERS = [
    {"code": "ophys_cells.cell_roi_id.unique", "reason": "known"},
    {"code": "mice", "reason": "a prefix", "keys": ["1", "2"], "path": "a.nwb"},
]


def _yaml_sources(bench: Bench) -> None:
    """Fill the folder with each kind of YAML file, and what it is about."""
    whole = bench.work / "yaml"
    if not whole.exists():
        _empty(bench)
        _write_yaml_sources(bench)
        shutil.copytree(bench.root, whole)
    bench.fill(whole)


def _write_yaml_sources(bench: Bench) -> None:
    root, support = bench.root, Path(__file__).parents[1]
    shutil.copytree(VALID_MANIFEST, root / "tables")
    (root / "waivers.yaml").write_text(yaml.safe_dump(_WAIVERS))
    (root / "dandiset.yaml").write_text(_DANDISET)
    shutil.copytree(support / "hostile_recipe", root / "recipe")
    shutil.copy(support / "third_recipe" / "metadata.yaml", root / "recipe")
    recipe = root / "recipe" / "conversion.yaml"
    recipe.write_text(recipe.read_text().replace("../third_recipe/", ""))
    (root / "sources").mkdir()
    (root / "sources" / "a.txt").write_text("fine")
    make_nwb_file(root / "a.nwb")
    for words in (
        ("init", "qc", "a.nwb", "--output", "criteria"),
        (
            "init",
            "spec",
            *sorted(f"tables/{path.name}" for path in (root / "tables").glob("*.csv")),
            "--output",
            "spec",
        ),
    ):
        ended = bench.run(words)
        assert ended.code == 0, ended
