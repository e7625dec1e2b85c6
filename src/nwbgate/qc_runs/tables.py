"""Measurements and results as stored tables, which can be judged again."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pandas as pd

from nwbgate.errors import TableError, WriteError
from nwbgate.findings.validator_codes import CodeEntry, file_finding
from nwbgate.manifest.csv.formulas import quote_formulas, unquote_formulas
from nwbgate.qc.judge import RESULT_COLUMNS
from nwbgate.qc.measurement import COLUMNS, join_tables, not_measured, table
from nwbgate.qc_runs.codes import MEASURABLE
from nwbgate.qc_runs.outcome import Judged
from nwbgate.qc_runs.tasks import Quality
from nwbgate.storage.safe_files.atomic import write_whole
from nwbgate.storage.safe_files.refusals import explain_refusals, unwritten

#: Columns before those of a measurement or a result: what it is about.
ABOUT = ("scope", "session", "file")
#: Names of the tables, without ending.
MEASUREMENTS, RESULTS = "measurements", "results"
#: Between the files of a container.
_SEPARATOR = ";"
#: What stands for a metric in the row of a file that could not be read or measured -> what is found again.
_UNMEASURED: dict[str, CodeEntry | str] = {"file.unreadable": "file.unreadable", MEASURABLE.code: MEASURABLE}


def measurement_table(measured: Sequence[Quality]) -> pd.DataFrame:
    """Return all measurements with the columns scope, session and file before them.

    A file that could not be read, or of which nothing was measured, has a row for each reason, so that judging again
    does not pass it over.
    """
    return _stack_tables([(quality, _rows(quality)) for quality in measured], COLUMNS)


def _rows(quality: Quality) -> pd.DataFrame:
    said = [(finding.code, finding.message) for finding in quality.findings]
    said += [(broken.code, broken.error) for broken in quality.broken]
    reasons = [not_measured(code, message, object=quality.scope) for code, message in said if code in _UNMEASURED]
    return join_tables([quality.measurements, table(reasons)])


def result_table(judged: Sequence[Judged]) -> pd.DataFrame:
    """Return all results with the columns scope, session and file before them."""
    return _stack_tables([(each.quality, each.results) for each in judged], RESULT_COLUMNS)


def _stack_tables(parts: Sequence[tuple[Quality, pd.DataFrame]], columns: Sequence[str]) -> pd.DataFrame:
    frames = []
    for quality, frame in parts:
        files = _SEPARATOR.join(str(path) for path in quality.files)
        about = dict(zip(ABOUT, (quality.scope, quality.name, files), strict=True))
        frames.append(frame.assign(**about)[[*ABOUT, *columns]])
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=[*ABOUT, *columns])


def write_table(frame: pd.DataFrame, folder: Path, name: str) -> list[Path]:
    """Write a table as CSV, and as Parquet if pyarrow is installed.

    Raises
    ------
    UsageError
        If the folder cannot be written to.
    """
    csv, parquet = folder / f"{name}.csv", folder / f"{name}.parquet"
    try:
        with explain_refusals(folder):
            folder.mkdir(parents=True, exist_ok=True)
        packed = _parquet(frame)
        if packed is None:  # one of an earlier run would say something else than the CSV
            parquet.unlink(missing_ok=True)
        else:
            write_whole(parquet, [packed])
        write_whole(csv, [quote_formulas(frame).to_csv(index=False).encode()])
    except WriteError as error:
        raise unwritten("the tables cannot be written", error) from error
    return [csv] if packed is None else [csv, parquet]


def _parquet(frame: pd.DataFrame) -> bytes | None:
    """Return a table as Parquet, or None where pyarrow is not installed."""
    buffer = BytesIO()
    try:
        frame.to_parquet(buffer, index=False)
    except ImportError:
        return None
    return buffer.getvalue()


def read_measurements(folder: Path) -> list[Quality]:
    """Return an earlier run's measurements from ``measurements.csv`` in its output folder.

    Raises
    ------
    TableError
        If there is no such table, or it is not one of measurements.
    """
    from nwbgate.manifest.csv.csv_file import CsvFile

    path = folder / f"{MEASUREMENTS}.csv"
    if not path.is_file():
        raise TableError(
            "no stored measurements",
            where=str(path),
            expected=f"the output folder of nwbgate qc --output, with {MEASUREMENTS}.csv in it",
            fix="check the path, or measure the files again",
        )
    file = CsvFile(path)
    missing = [name for name in (*ABOUT, *COLUMNS) if name not in file.columns]
    if missing:
        raise TableError(
            f"the table has no column {missing[0]!r}",
            where=f"{path}, row 1",
            got=", ".join(file.columns),
            expected=", ".join((*ABOUT, *COLUMNS)),
            fix="use the table as nwbgate wrote it",
        )
    frame = unquote_formulas(file.frame([*ABOUT, *(name for name in COLUMNS if name != "value")]))
    return _qualities(frame.fillna(dict.fromkeys([*ABOUT, *COLUMNS[2:]], "")), path)


def _qualities(frame: pd.DataFrame, path: Path) -> list[Quality]:
    values = pd.to_numeric(frame["value"], errors="coerce")
    wrong = frame.index[values.isna() & frame["value"].notna()]
    if len(wrong):
        raise TableError(
            "the value is not a number",
            where=f"{path}, row {wrong[0] + 2}, column value",
            got=str(frame["value"][wrong[0]]),
            fix="use the table as nwbgate wrote it",
        )
    groups = frame.assign(value=values.astype("float64")).groupby(list(ABOUT), sort=False)
    return [_quality(str(scope), str(name), str(files), rows) for (scope, name, files), rows in groups]


def _quality(scope: str, name: str, files: str, rows: pd.DataFrame) -> Quality:
    """Return one session's or container's measurements, or why there are none."""
    paths = tuple(map(Path, files.split(_SEPARATOR) if scope == "container" else [files]))
    unmeasured = rows["metric"].isin(list(_UNMEASURED))
    findings = [
        file_finding(_UNMEASURED[code], paths[0], reason)
        for code, reason in rows.loc[unmeasured, ["metric", "reason"]].itertuples(index=False)
    ]
    return Quality(name, paths, scope, rows.loc[~unmeasured, list(COLUMNS)].reset_index(drop=True), findings=findings)
