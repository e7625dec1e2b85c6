"""Input of a check: NWB files, manifest tables, and their specification."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nwbgate.findings.outcome import Outcome
from nwbgate.reading.facts.fact_frames import Columns, fact_frame
from nwbgate.rules import FACT_KEYS
from nwbgate.storage.nwb_paths import contents
from nwbgate.storage.safe_files.folder_contents import Contents

if TYPE_CHECKING:
    from nwbgate.manifest.specification.declaration import Spec


@dataclass(frozen=True)
class Inputs:
    """Input of a check.

    Attributes
    ----------
    contents : Contents
        NWB files, and what lies beside them.
    spec : Spec or None
        Specification of the tables.
    frames : dict of str to DataFrame
        Tables of the manifest; none without one.
    csv_files : dict of str to str
        File of each table of the manifest, which findings point at.
    """

    contents: Contents
    spec: "Spec | None"
    frames: dict[str, pd.DataFrame]
    csv_files: dict[str, str]

    @property
    def files(self) -> tuple[Path, ...]:
        """The NWB files."""
        return self.contents.files

    @property
    def keys(self) -> dict[str, tuple[str, ...]]:
        """Key columns of each table."""
        declared = {name: tuple(table.keys) for name, table in self.spec.tables.items()} if self.spec else {}
        return {name: tuple(keys) for name, keys in FACT_KEYS.items()} | declared

    def tables(self, facts: Sequence[Mapping[str, Columns]]) -> dict[str, pd.DataFrame]:
        """Return the tables of the manifest and those of the facts of all files."""
        return {**self.frames, **_fact_tables(facts, self.spec)}

    def with_places(self, outcome: Outcome) -> Outcome:
        """Return an outcome whose findings about tables have the file of their table."""
        findings = [
            replace(finding, path=self.csv_files.get(finding.table)) if finding.path is None else finding
            for finding in outcome.findings
        ]
        return replace(outcome, findings=findings)


def read_inputs(
    paths: str | Path | Iterable[str | Path], manifest: str | Path | None, spec: "str | Path | Spec | None"
) -> Inputs:
    """Find the files and read the tables; see `nwbgate.check`."""
    found = contents(paths)
    chosen, frames = _manifest(manifest, spec)
    return Inputs(found, chosen, frames, _csv_files(chosen, manifest))


def _manifest(
    manifest: str | Path | None, spec: "str | Path | Spec | None"
) -> "tuple[Spec | None, dict[str, pd.DataFrame]]":
    """Return specification, tables and listed files of the manifest; each may be absent."""
    chosen = None
    if spec is not None:
        from nwbgate.manifest.specification.spec import load_spec

        chosen = load_spec(spec)
    if manifest is None:
        return chosen, {}
    from nwbgate.manifest.release_files import LISTED, listed_files
    from nwbgate.manifest.tables import read_tables, tables_folder

    if chosen is None:
        from nwbgate.manifest.specification.recognition import recognise_spec

        chosen = recognise_spec(Path(manifest))
    frames, listed = read_tables(Path(manifest), chosen), listed_files(tables_folder(manifest))
    return chosen, frames if listed is None else {**frames, LISTED: listed}


def _fact_tables(facts: Sequence[Mapping[str, Columns]], spec: "Spec | None") -> dict[str, pd.DataFrame]:
    """Return the facts of all files as tables, dates typed by the specification."""
    frames = {name: fact_frame(name, [tables[name] for tables in facts]) for name in (facts[0] if facts else ())}
    for name, frame in frames.items():
        columns = spec.tables[name].columns if spec and name in spec.tables else {}
        for column in (each for each, declared in columns.items() if declared.type == "datetime"):
            frame[column] = pd.to_datetime(frame[column], format="ISO8601", utc=True, errors="coerce")
    return frames


def _csv_files(spec: "Spec | None", manifest: str | Path | None) -> dict[str, str]:
    """Return the file that a finding about a table of the manifest points at."""
    if spec is None or manifest is None:
        return {}
    from nwbgate.manifest.tables import table_paths, tables_folder

    folder, there = tables_folder(manifest), table_paths(manifest, spec)
    return {name: str(there.get(name, folder / table.file)) for name, table in spec.tables.items() if table.file}
