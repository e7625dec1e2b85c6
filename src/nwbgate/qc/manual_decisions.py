"""Manual quality decisions: the validated table ``qc_manual.csv``."""

import datetime
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from nwbgate.errors import TableError, nearest
from nwbgate.qc.criteria import Criteria, Status

#: The columns of the table; further ones are refused, for one of them might be a misspelt one of these.
COLUMNS = ("session", "criterion", "status", "reviewer", "date", "reason")
#: What a cell of ``status`` may say; Pending is a decision that is still to be made.
STATUSES = {
    "Pass": Status.PASS,
    "Fail": Status.FAIL,
    "Warning": Status.WARNING,
    "Pending": Status.NOT_MEASURED,
    "Not measured": Status.NOT_MEASURED,
}
#: Columns that no row may leave empty -> what they hold.
_NEEDED = {
    "session": "the id of a session or container",
    "criterion": "the name of a manual criterion",
    "reviewer": "the name of the reviewer",
}
#: Where a day begins first, so that no reviewer's today is refused.
_LATEST_ZONE = datetime.timezone(datetime.timedelta(hours=14))


@dataclass(frozen=True)
class Decision:
    """One manual decision.

    Attributes
    ----------
    session : str
        Id of the session, or of the container for a criterion about containers.
    criterion : str
        Name of a manual criterion.
    status : Status
        The decision.
    reviewer : str
        Who decided.
    date : datetime.date
        When.
    reason : str
        Why; needed for anything but a pass.
    row : int
        Row of the table, the header being row 1.
    """

    session: str
    criterion: str
    status: Status
    reviewer: str
    date: datetime.date
    reason: str = ""
    row: int = 0


def read_manual(path: Path) -> list[Decision]:
    """Return the decisions of a table, in order.

    Parameters
    ----------
    path : Path
        CSV with the columns `COLUMNS`.

    Raises
    ------
    TableError
        If the file is no sound CSV table, lacks a column or has another, or a cell cannot be understood: an unknown
        status, a date that is none or still to come, an empty session, criterion or reviewer, a failure without its
        reason, or two decisions about one criterion of one session. Row and column are named.
    """
    from nwbgate.manifest.csv.csv_file import CsvFile

    file = CsvFile(path)
    _refuse_columns(file.columns, path)
    frame = file.frame(COLUMNS).fillna("")
    rows = [
        dict(zip(COLUMNS, (str(cell).strip() for cell in cells), strict=True))
        for cells in frame[list(COLUMNS)].to_numpy()
    ]
    decisions = [_decision(row, _Place(path, number)) for number, row in enumerate(rows, start=2)]
    seen: dict[tuple[str, str], Decision] = {}
    for decision in decisions:
        first = seen.setdefault((decision.session, decision.criterion), decision)
        if first is not decision:
            _Place(path, decision.row).refuse(
                "criterion",
                "two decisions on one criterion of one session",
                got=f"{decision.criterion} of session {decision.session}, as in row {first.row}",
                fix="keep only the valid one",
            )
    return decisions


@dataclass(frozen=True)
class _Place:
    path: Path
    row: int

    def refuse(self, column: str, what: str, *, got: str = "", expected: str = "", fix: str = "") -> NoReturn:
        where = f"{self.path}, row {self.row}, column {column}"
        raise TableError(what, where=where, got=got, expected=expected, fix=fix)


def _refuse_columns(columns: Sequence[str], path: Path) -> None:
    missing = [name for name in COLUMNS if name not in columns]
    unknown = [name for name in columns if name not in COLUMNS]
    if missing or unknown:
        raise TableError(
            f"the table has no column {missing[0]!r}" if missing else f"the table has an unknown column {unknown[0]!r}",
            where=f"{path}, row 1",
            got=", ".join(columns),
            expected=", ".join(COLUMNS),
            fix=(nearest(unknown[0], missing or COLUMNS) or "remove the column") if unknown else "add the column",
        )


def _decision(row: dict[str, str], place: _Place) -> Decision:
    for column, expected in _NEEDED.items():
        if not row[column]:
            place.refuse(
                column,
                f"the {column} is missing",
                got="an empty cell",
                expected=expected,
                fix="fill the cell, or remove the row",
            )
    if row["status"] not in STATUSES:
        place.refuse(
            "status",
            "unknown status",
            got=row["status"] or "nothing",
            expected=", ".join(STATUSES),
            fix=nearest(row["status"].capitalize(), STATUSES) or "choose one of them",
        )
    status = STATUSES[row["status"]]
    if status is not Status.PASS and not row["reason"]:
        place.refuse(
            "reason",
            f"a decision of {row['status']} has no reason",
            got="an empty cell",
            expected="a reason for any status but Pass",
            fix="describe briefly what was seen",
        )
    return Decision(
        row["session"], row["criterion"], status, row["reviewer"], _date(row["date"], place), row["reason"], place.row
    )


def _date(text: str, place: _Place) -> datetime.date:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        place.refuse(
            "date", "invalid date", got=text or "nothing", expected="such as 2024-05-31", fix="write year-month-day"
        )
    latest = datetime.datetime.now(_LATEST_ZONE).date()
    if day > latest:
        place.refuse(
            "date",
            "the date is in the future",
            got=text,
            expected=f"the date of the decision, {latest} at the latest",
            fix="write the date of the decision",
        )
    return day


def refuse_unknown(
    decisions: Sequence[Decision],
    path: Path,
    criteria: Collection[Criteria],
    *,
    sessions: Collection[str],
    containers: Collection[str] = (),
) -> None:
    """Reject a decision on an unknown session, container or criterion.

    Parameters
    ----------
    decisions : sequence of Decision
        All of a table.
    path : Path
        The table, for the error.
    criteria : collection of Criteria
        Those that the sessions are judged by.
    sessions, containers : collection of str
        Ids of what is judged.

    Raises
    ------
    TableError
        If a criterion is unknown, or is measured rather than decided, or a session or container is not among those
        judged.
    """
    manual = {name: criterion.scope for each in criteria for name, criterion in each.manual.items()}
    measured = {name for each in criteria for name in each.criteria}
    for decision in decisions:
        place = _Place(path, decision.row)
        if decision.criterion not in manual:
            _refuse_criterion(decision, place, manual, measured)
        known = {"session": sessions, "container": containers}[manual[decision.criterion]]
        if decision.session not in known:
            place.refuse(
                "session",
                f"unknown {manual[decision.criterion]}, not among those judged",
                got=decision.session,
                expected=f"one of {', '.join(_shown_ids(known))}" if known else "none at all",
                fix="correct the id, or remove the row",
            )


def _refuse_criterion(decision: Decision, place: _Place, manual: Collection[str], measured: Collection[str]) -> None:
    if decision.criterion in measured:
        place.refuse(
            "criterion",
            "this criterion is measured, not decided manually",
            got=decision.criterion,
            expected=", ".join(manual) or "no criterion",
            fix="waive its finding, with a reason",
        )
    place.refuse(
        "criterion",
        "unknown manual criterion",
        got=decision.criterion,
        expected=", ".join(manual) or "no criterion: these data have no manual criteria",
        fix=nearest(decision.criterion, manual) or "choose one of them",
    )


def _shown_ids(ids: Collection[str], most: int = 8) -> Iterator[str]:
    """Return some of the ids, with the number of the others."""
    yield from sorted(ids)[:most]
    if len(ids) > most:
        yield f"{len(ids) - most} more"
