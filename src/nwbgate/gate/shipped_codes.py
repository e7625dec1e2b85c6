"""All codes of shipped specifications and validators, without heavy imports."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nwbgate.findings.explained import Explained, explanation_of
from nwbgate.findings.validator_codes import CodeEntry, catalogue
from nwbgate.manifest.specification.spec import load_spec, shipped_specs
from nwbgate.qc_runs.codes import criteria_of, explained_criteria
from nwbgate.rules import all_rules
from nwbgate.rules.rule import Rule

if TYPE_CHECKING:
    from nwbgate.manifest.specification.declaration import Column, Spec, Table


def specs(name: str | None = None) -> "list[Spec]":
    """Return the named specification, or every version of all shipped ones."""
    return [load_spec(each) for each in ([name] if name else shipped_specs())]


def shipped_rules(name: str | None = None) -> list[Rule]:
    """Return the rules of the named or all shipped specifications, each code once."""
    rules = {rule.code: rule for spec in specs(name) for rule in all_rules(spec)}
    tables = list(dict.fromkeys(rule.table for rule in rules.values()))
    return sorted(rules.values(), key=lambda rule: tables.index(rule.table))


def explained_codes(name: str | None = None) -> list[Explained]:
    """Return the explanation of each code: rules, validators, quality criteria."""
    return [
        *map(explanation_of, shipped_rules(name)),
        *map(_of_validator, catalogue().values()),
        *explained_criteria(criteria_of(name)),
    ]


def _of_validator(entry: CodeEntry) -> Explained:
    return Explained(entry.code, entry.severity, entry.title, entry.why, entry.example, entry.fix, url=entry.url)


def dictionaries(name: str | None = None) -> dict[str, str]:
    """Return the data dictionary of each table of the specifications, as a Markdown table."""
    written: dict[str, list[str]] = {}
    for spec in specs(name):
        for table_name, table in spec.tables.items():
            written.setdefault(table_name, []).append(_dictionary(spec, table))
    return {table: "\n".join(dict.fromkeys(parts)) + "\n" for table, parts in written.items()}


def _dictionary(spec: "Spec", table: "Table") -> str:
    """Return the columns of one table in one specification."""
    place = f" (`{table.file}`)" if table.file else ""
    rows = [
        f"| `{name}` | {column.type} | {column.unit} | {_column_meaning(column)} |"
        for name, column in table.columns.items()
    ]
    head = ["| column | type | unit | meaning |", "|---|---|---|---|"]
    title = f"In `{spec.name}`{place}: {table.description} Key: {', '.join(f'`{key}`' for key in table.keys)}."
    return "\n".join([title, "", *head, *rows, ""])


def _column_meaning(column: "Column") -> str:
    return " ".join(_sentences(column)).replace("|", "\\|").replace("<", "\\<").replace("_", "\\_").replace("*", "\\*")


def _sentences(column: "Column") -> Iterator[str]:
    yield column.description
    if column.optional:
        yield "May be absent."
    if column.since:
        yield f"Since {column.since}."
