"""Recognition of the shipped specification that fits a manifest folder."""

from pathlib import Path

from nwbgate.errors import UsageError
from nwbgate.manifest.csv.csv_file import header
from nwbgate.manifest.specification.declaration import Spec, Table
from nwbgate.manifest.specification.spec import load_spec, shipped_specs
from nwbgate.manifest.tables import refuse_several_releases, table_paths, tables_folder

#: Names shown per list of differences.
_SHOWN = 6


def recognise_spec(folder: str | Path) -> Spec:
    """Return the only shipped specification whose tables and columns fit a manifest folder.

    Raises
    ------
    UsageError
        If none or several fit; the differences to each are listed.
    TableError
        If there is no such folder, or the header of a table is not one, or the folder has several releases.
    """
    specs = [load_spec(name) for name in shipped_specs()]
    differences = {spec.name: differences_to(folder, spec) for spec in specs}
    fitting = [spec for spec in specs if not differences[spec.name]]
    if len(fitting) == 1:
        return fitting[0]
    place = tables_folder(folder)
    if fitting:
        raise UsageError(
            "several specifications fit the tables",
            where=str(place),
            got=", ".join(spec.name for spec in fitting),
            fix="name one with --spec",
        )
    refuse_several_releases(folder)
    raise UsageError(
        "no shipped specification fits the tables",
        where=str(place),
        got="; ".join(f"not {name}: {', '.join(listed)}" for name, listed in differences.items()),
        fix=_advice(folder, specs),
    )


def _advice(folder: str | Path, specs: list[Spec]) -> str:
    """Return advice that names the nearest specification: most tables, fewest differences."""
    nearest = min(specs, key=lambda spec: (-len(table_paths(folder, spec)), len(differences_to(folder, spec))))
    own = "give --spec FOLDER, a folder of your own with a manifest.yaml that declares the tables"
    if not table_paths(folder, nearest):
        return own
    return f"give --spec {nearest.name} to have every difference reported; for other tables, {own}"


def differences_to(folder: str | Path, spec: Spec) -> list[str]:
    """Describe how the tables in `folder` differ from `spec`; empty if they fit."""
    paths = table_paths(folder, spec)
    if not paths:
        return [f"no file {' or '.join(str(table.file) for table in spec.manifest_tables.values())}"]
    found = []
    for name, table in spec.manifest_tables.items():
        if name in paths:
            found += _of_columns(set(header(paths[name])), table)
        elif not table.optional:
            found.append(f"{table.file} is missing" + _since(table.since))
    return found


def _of_columns(columns: set[str], table: Table) -> list[str]:
    older = {old: new for old, new in table.renamed.items() if old in columns and new not in columns}
    missing = [
        f"{name}{_since(column.since)}"
        for name, column in table.columns.items()
        if name not in columns and not column.optional and name not in older.values()
    ]
    unknown = sorted(columns - set(table.columns) - set(older))
    return [
        *(f"{table.file} has {old}, the older name of {new}" for old, new in older.items()),
        *([f"{table.file} lacks {_list_names(missing)}"] if missing else []),
        *([f"{table.file} also has {_list_names(unknown)}"] if unknown else []),
    ]


def _since(release: str) -> str:
    return f" (added in release {release})" if release else ""


def _list_names(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    # a space around a name is seen only in quotes
    return ", ".join(name if name == name.strip() else repr(name) for name in names[:_SHOWN]) + more
