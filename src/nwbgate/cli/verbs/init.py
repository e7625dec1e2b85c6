"""``nwbgate init``: first files of a recipe, a specification or criteria."""

from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from nwbgate.cli.options.output_folder import require_writable
from nwbgate.cli.options.single_options import OnceCommand
from nwbgate.errors import SourceError, UsageError

if TYPE_CHECKING:
    import pandas as pd

_PATH = click.Path(path_type=Path)
#: Endings of tables.
_TABLES = (".csv", ".tsv", ".xlsx")


@click.group()
def init() -> None:
    """Write first files of a recipe, a specification or criteria."""


@init.command(cls=OnceCommand)
@click.argument("folder", type=_PATH)
@click.option("--interfaces", required=True, metavar="A,B", help="Interfaces of NeuroConv, separated by commas.")
@click.option("--example", required=True, type=_PATH, metavar="DIR", help="Folder of one session.")
@click.option(
    "--layout",
    default="{subject_id}/{session_id}",
    show_default=True,
    help="Path of that folder in the folder of all sources.",
)
def recipe(folder: Path, interfaces: str, example: Path, layout: str) -> None:
    """Write a recipe in FOLDER for sessions like an example.

    Each interface is tried on the files and folders of the example: the first that it reads becomes its path pattern.

    Exit code: 0; 2 if the recipe exists, an interface is unknown, or reads nothing in the example.
    """
    from nwbgate.conversion.new_recipe import write_recipe
    from nwbgate.conversion.recipes.placeholders import FILL_IN

    require_writable(folder)
    names = [name.strip() for name in interfaces.split(",") if name.strip()]
    written = write_recipe(folder, names, example, layout=layout)
    _say(written)
    for number, line in enumerate(written[0].read_text(encoding="utf-8").splitlines(), 1):
        if FILL_IN in line:
            click.echo(f"fill in {written[0]}:{number}: {line.strip().partition(':')[0]}")
    sources, table = example.parents[len(Path(layout).parts) - 1], quote(str(folder / "sessions.csv"))
    click.echo(f"Next: fill in metadata.yaml and sessions.csv in {folder}, then")
    click.echo(f"  nwbgate convert {quote(str(folder))} {quote(str(sources))} --sessions {table} --output nwb")


@init.command(cls=OnceCommand)
@click.argument("files", nargs=-1, required=True, type=_PATH, metavar="TABLE... [NWB...]")
@click.option("--output", required=True, type=_PATH, metavar="DIR", help="New folder of the specification.")
def spec(files: tuple[Path, ...], output: Path) -> None:
    """Write a specification of tables and of facts in NWB files.

    Types, keys, enumerations, ranges and foreign keys are inferred from the tables: widen what is too narrow.

    Exit code: 0; 1 if a table or file cannot be read; 2 if the specification exists, or no table has a key.
    """
    import yaml

    from nwbgate.manifest.specification.inference import infer_facts, infer_tables
    from nwbgate.manifest.specification.spec import load_spec
    from nwbgate.storage.safe_files.atomic import write_whole

    _refuse_existing(output, "manifest.yaml")
    tables, paths = _frames([path for path in files if path.suffix.lower() in _TABLES]), _nwb(files)
    declared = infer_tables(tables)
    if not declared:
        raise UsageError(
            "no table has a key",
            where=", ".join(map(str, files)),
            got="no column that is distinct in every row",
            expected="tables (.csv) with a column of ids",
            fix="name tables with such a column",
        )
    contents: dict[str, dict[str, Any]] = {"manifest.yaml": declared}
    if paths:
        contents["nwb_files.yaml"] = {"nwb_files": infer_facts(_facts(paths), declared)}
    require_writable(output)
    output.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        text = yaml.safe_dump({"tables": content}, sort_keys=False, width=120, allow_unicode=True)
        write_whole(output / name, [f"# Inferred from the tables as they are: edit it.\n{text}".encode()])
    load_spec(output)
    _say([output / name for name in contents])


@init.command(cls=OnceCommand)
@click.argument("files", nargs=-1, required=True, type=_PATH, metavar="NWB...")
@click.option("--output", required=True, type=_PATH, metavar="DIR", help="Folder of the criteria.")
def qc(files: tuple[Path, ...], output: Path) -> None:
    """Write criteria of quality that these files pass.

    Each measured metric becomes a warning outside its range in these files: delete what does not matter, and decide
    what fails.

    Exit code: 0; 1 if nothing could be measured; 2 if the criteria exist or a path does not.
    """
    import yaml

    from nwbgate.qc.criteria_files import read_criteria
    from nwbgate.qc_runs.new_criteria import infer_criteria
    from nwbgate.qc_runs.run import run_quality
    from nwbgate.storage.safe_files.atomic import write_whole

    _refuse_existing(output, "qc.yaml")
    content = infer_criteria(run_quality(files).measurements, f"Quality criteria of {output.name}")
    if not content["criteria"]:
        raise SourceError(
            "nothing was measured",
            where=", ".join(map(str, files)),
            got="no number",
            expected="files with electrical series, traces of ROIs, units or timestamps",
            fix="`nwbgate qc` says why",
        )
    require_writable(output)
    output.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(content, sort_keys=False, width=120, allow_unicode=True)
    write_whole(output / "qc.yaml", [f"# Inferred from {len(files)} paths as they are: edit it.\n{text}".encode()])
    read_criteria(output / "qc.yaml")
    _say([output / "qc.yaml"])


def _frames(paths: Sequence[Path]) -> "dict[str, tuple[str, pd.DataFrame]]":
    """Return the cells of each table as text, by name."""
    from nwbgate.manifest.csv.csv_file import CsvFile

    found = {}
    for path in paths:
        table = CsvFile(path)
        found[path.stem] = path.name, table.frame(table.columns)
    return found


def _nwb(files: Sequence[Path]) -> list[Path]:
    from nwbgate.storage.nwb_paths import contents

    rest = [path for path in files if path.suffix.lower() not in _TABLES]
    return list(contents(rest).files) if rest else []


def _facts(paths: Sequence[Path]) -> "pd.DataFrame":
    import pandas as pd

    from nwbgate.reading.facts.files import file_facts

    return pd.concat([file_facts(path).nwb_files for path in paths], ignore_index=True)


def _refuse_existing(folder: Path, name: str) -> None:
    if (folder / name).exists():
        raise UsageError(
            f"{name} exists", where=str(folder / name), expected="a new folder", fix="choose another folder"
        )


def _say(paths: Sequence[Path]) -> None:
    for path in paths:
        click.echo(f"wrote {path}")
