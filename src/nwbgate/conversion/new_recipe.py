"""A new recipe of interfaces, written from the folder of one example session."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from hdmf.common import DynamicTable
from pynwb import NWBFile, TimeSeries
from pynwb.base import BaseImage

from nwbgate.conversion.example_sources import ExampleSource, as_argument, example_source
from nwbgate.conversion.recipes.interface_classes import interface_class, require_libraries
from nwbgate.conversion.recipes.placeholders import FILL_IN, TEMPLATE
from nwbgate.conversion.recipes.recipe import FILE, load_recipe
from nwbgate.conversion.sources.source_patterns import fields_of
from nwbgate.errors import RecipeError, UsageError
from nwbgate.storage.safe_files.atomic import write_whole
from nwbgate.storage.safe_files.refusals import explain_refusals

#: Place of a session in the source folder, unless another is given.
LAYOUT = "{subject_id}/{session_id}"
#: What differs between sessions and no path says, for the table of sessions.
_COLUMNS = ("session_start_time", "species", "sex", "age")
#: Where objects of a modality are in a file; in the order in which DANDI names them.
_MODALITIES: dict[str, Callable[[Any], object]] = {
    "behavior": lambda file: file.intervals or file.trials or file.events or "behavior" in file.processing,
    "ecephys": lambda file: file.electrodes is not None or file.units is not None,
    "icephys": lambda file: file.icephys_electrodes,
    "ophys": lambda file: file.imaging_planes,
}


@dataclass(frozen=True)
class _Example:
    """The example session: its folder, and the source folder above it."""

    folder: Path
    root: Path
    layout: str
    fields: Mapping[str, str]

    def pattern(self, path: Path) -> str:
        """Return the pattern of a path in the example, its ids replaced by fields."""
        rest = path.relative_to(self.folder).as_posix().replace("{", "{{").replace("}", "}}")
        for name, value in sorted(self.fields.items(), key=lambda each: -len(each[1])):
            rest = rest.replace(value, f"{{{name}}}") if len(value) > 1 else rest
        return str(PurePosixPath(self.layout) / rest)


def write_recipe(folder: Path, interfaces: Sequence[str], example: Path, *, layout: str = LAYOUT) -> list[Path]:
    """Write a recipe for sessions like an example, and return its files.

    Parameters
    ----------
    folder : Path
        New folder of the recipe.
    interfaces : sequence of str
        Names of interfaces, as in a ``conversion.yaml``.
    example : Path
        Folder of one session.
    layout : str
        Place of such a folder below the source folder, with fields in braces.

    Raises
    ------
    UsageError
        If the recipe exists, the example does not, or an interface is unknown or reads nothing in it.
    MissingExtraError
        If a library of an interface is not installed.
    """
    if (folder / FILE).exists():
        raise UsageError(
            "the recipe exists", where=str(folder / FILE), expected="a new folder", fix="choose another folder"
        )
    place = _example(example, layout)
    sources: dict[str, tuple[str, ExampleSource]] = {}
    for written in interfaces:
        interface = interface_class(written, folder / FILE)
        require_libraries(interface, where=f"interface {written}")
        used = [source.path for _, source in sources.values()]
        named = written if ":" in written else interface.__name__
        sources[_name(interface.__name__, sources)] = named, example_source(interface, place.folder, used)
    return _write(folder, place, sources)


def _example(example: Path, layout: str) -> _Example:
    """Return the example with the fields that its path gives."""
    parts = PurePosixPath(layout).parts
    folder = example.absolute()
    if not folder.is_dir() or len(folder.parts) <= len(parts):
        raise UsageError(
            "the example is not a folder of a session",
            where=str(example),
            got="a file" if example.is_file() else "no such folder",
            expected=f"a folder, as {layout} below the source folder",
            fix="name the folder of one session with --example, and its place with --layout",
        )
    if not parts or any(part != f"{{{field}}}" for part, field in zip(parts, fields_of(layout), strict=False)):
        raise RecipeError(
            "the layout is not a path of fields",
            where="--layout",
            got=layout,
            expected=f"fields in braces, such as {LAYOUT}",
            fix="name each folder by one field",
        )
    fields = dict(zip(fields_of(layout), folder.parts[-len(parts) :], strict=True))
    return _Example(folder, folder.parents[len(parts) - 1], layout, fields)


def _name(interface: str, taken: Mapping[str, object]) -> str:
    """Return a name of a stream: that of its interface, numbered where it recurs."""
    short = interface.removesuffix("Interface").removesuffix("Data") or interface
    number = sum(each == short or each.startswith(f"{short}0") for each in taken)
    return f"{short}{number + 1:03}" if number else short


def _write(folder: Path, example: _Example, sources: Mapping[str, tuple[str, ExampleSource]]) -> list[Path]:
    """Write the recipe's own file last: an interrupted run can be repeated."""
    contents = {
        "metadata.yaml": _metadata(sources),
        "README.md": _readme(folder, example, sources),
        "test_recipe.py": _test(example),
        FILE: _conversion(folder, example, sources),
    }
    contents = {"sessions.csv": _sessions(contents, example), **contents}
    with explain_refusals(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for name, text in contents.items():
        write_whole(folder / name, [text.encode()])
    return [folder / name for name in (FILE, "metadata.yaml", "README.md", "test_recipe.py", "sessions.csv")]


def _conversion(folder: Path, example: _Example, sources: Mapping[str, tuple[str, ExampleSource]]) -> str:
    entries = {}
    for name, (interface, source) in sources.items():
        pattern = as_argument(source.argument, example.pattern(source.path))
        arguments = {source.argument: pattern} if source.argument else {}
        entries[name] = {"interface": interface, "source_data": arguments | dict.fromkeys(source.missing, FILL_IN)}
    ids = "sub-{subject_id}/sub-{subject_id}_ses-{session_id}"
    content = {
        "title": f"Sessions of {folder.name}",
        "interfaces": entries,
        "output": "_".join([ids, *_modalities(sources)]) + ".nwb",
        "metadata": "metadata.yaml",
    }
    return yaml.safe_dump(content, sort_keys=False, width=120, allow_unicode=True)


def _modalities(sources: Mapping[str, tuple[str, ExampleSource]]) -> list[str]:
    files = [source.nwbfile for _, source in sources.values() if source.nwbfile is not None]
    found = [name for name, has in _MODALITIES.items() if any(has(file) for file in files)]
    return ["+".join(found)] if found else []


def _metadata(sources: Mapping[str, tuple[str, ExampleSource]]) -> str:
    """Return the template, with uncertain entries as comments."""
    given = [dict(source.metadata) for _, source in sources.values() if source.metadata]
    further = {key: value for each in given for key, value in each.items() if key not in ("NWBFile", "Subject")}
    shown = yaml.safe_dump(_plain(further), sort_keys=False, width=110) if further else ""
    return "\n".join(
        [
            "# Metadata of every session; what differs between sessions is a column of sessions.csv.",
            "# Remove the '#' from a line and fill it in.",
            "NWBFile:",
            f"  keywords: [{', '.join(sources)}]",
            *_comment_lines(TEMPLATE["NWBFile"], "  # "),
            "# Subject:",
            *_comment_lines(TEMPLATE["Subject"], "#   "),
            "",
            *(["# What the interfaces write where nothing else is given:"] if shown else []),
            *(f"# {line}" for line in shown.splitlines()),
            "",
        ]
    )


def _comment_lines(content: Mapping[str, Any], indent: str) -> list[str]:
    """Return lines of YAML, each a comment."""
    return [f"{indent}{line}" for line in yaml.safe_dump(content, sort_keys=False, width=110).splitlines()]


def _plain(value: Any) -> Any:
    """Return metadata as plain values, blanks left out."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool) else str(value)


def _sessions(contents: Mapping[str, str], example: _Example) -> str:
    """Return the table with a row for each session that the recipe finds."""
    with TemporaryDirectory() as draft:
        for name in (FILE, "metadata.yaml"):
            (Path(draft) / name).write_text(contents[name].replace(FILL_IN, "later"), encoding="utf-8")
        plans = load_recipe(Path(draft)).plan([example.root])
    keys = [name for name in ("session_id", "subject_id") if name in example.fields] or ["session_id"]
    rows = [",".join([*_ids(plan.metadata, plan.session_id, keys), *[""] * len(_COLUMNS)]) for plan in plans]
    return "\n".join([",".join([*keys, *_COLUMNS]), *rows, ""])


def _ids(metadata: Mapping[str, Any], session_id: str, keys: Sequence[str]) -> list[str]:
    ids = {"session_id": session_id, "subject_id": str((metadata.get("Subject") or {}).get("subject_id", ""))}
    return [f'"{ids[key]}"' if "," in ids[key] else ids[key] for key in keys]


def _objects(nwbfile: NWBFile | None) -> str:
    """Return what an interface adds to a file, in words."""
    if nwbfile is None:
        return "not tried: arguments are missing"
    data = [each for each in nwbfile.objects.values() if isinstance(each, TimeSeries | DynamicTable | BaseImage)]
    return ", ".join(dict.fromkeys(f"`{each.name}` ({type(each).__name__})" for each in data)) or "no data"


def _readme(folder: Path, example: _Example, sources: Mapping[str, tuple[str, ExampleSource]]) -> str:
    rows = [
        f"| `{name}` | `{interface}` | `{example.pattern(source.path) if source.argument else 'none'}` "
        f"| {_objects(source.nwbfile)} |"
        for name, (interface, source) in sources.items()
    ]
    return "\n".join(
        [
            f"# {folder.name}",
            "",
            "Fill in `metadata.yaml` and `sessions.csv`, then convert and check:",
            *_left_to_fill_in(sources),
            "",
            "```console",
            f"$ nwbgate convert {folder.name} SOURCES --sessions {folder.name}/sessions.csv --output nwb",
            "$ nwbgate check nwb",
            "```",
            "",
            f"`SOURCES` is the folder with `{example.layout}`.",
            "",
            "| stream | interface | source | NWB objects |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _left_to_fill_in(sources: Mapping[str, tuple[str, ExampleSource]]) -> list[str]:
    """Return a list of the arguments that only a person knows."""
    return [
        f"- `{FILE}`: `{argument}` of `{name}`" for name, (_, source) in sources.items() for argument in source.missing
    ]


def _test(example: _Example) -> str:
    session_id = example.fields.get("session_id") or "-".join(example.fields.values())
    return f'''"""The recipe converts its example session, and the file passes the checks: run it by pytest."""

from pathlib import Path

import pytest

import nwbgate
from nwbgate.conversion.batches.batch import convert_batch

HOME = Path(__file__).parent
SOURCES = Path({str(example.root)!r})
#: Made up for the test, where sessions.csv is not yet filled in.
TABLE = """\\
session_id,session_start_time,species,sex,age
{session_id},2024-01-01T12:00:00+00:00,Mus musculus,U,P90D
"""


@pytest.mark.skipif(not SOURCES.is_dir(), reason="the example session is not on this machine")
def test_the_example_is_converted_and_passes_the_checks(tmp_path):
    table = tmp_path / "sessions.csv"
    table.write_text(TABLE)
    outcomes = convert_batch(HOME, [SOURCES], tmp_path / "nwb", sessions=table)
    statuses = {{outcome.status for outcome in outcomes if outcome.status != "excluded"}}
    assert statuses == {{"converted"}}, [outcome.reason for outcome in outcomes if outcome.reason]
    assert nwbgate.check([tmp_path / "nwb"]).exit_code == 0
'''
