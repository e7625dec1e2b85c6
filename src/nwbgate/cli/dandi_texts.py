"""Plans of uploads as text."""

from nwbgate.cli.progress import duration
from nwbgate.cli.transfers import bytes_in_words
from nwbgate.dandi.planning import Action, Plan, PlannedFile
from nwbgate.findings.summary import count_of

#: Files that are named of one action; more are counted.
_NAMED = 200


def plan_text(plan: Plan) -> str:
    """Return a plan as text: a line per file, files that are only in the archive, totals."""
    lines = [line for action in Action for line in _lines(plan.of(action))]
    lines += [f"only in the dandiset  {bytes_in_words(one.bytes):>9}  {one.path}" for one in plan.only_remote[:_NAMED]]
    lines += _more(len(plan.only_remote))
    return "\n".join([*lines, _totals(plan)]) + "\n"


def _lines(files: tuple[PlannedFile, ...]) -> list[str]:
    return [_line(one) for one in files[:_NAMED]] + _more(len(files))


def _line(one: PlannedFile) -> str:
    remark = ", ".join(one.codes) or one.note
    return f"{one.action.value:20}  {bytes_in_words(one.bytes):>9}  {one.path}" + (f"  ({remark})" if remark else "")


def _more(number: int) -> list[str]:
    return [f"  and {number - _NAMED} more"] if number > _NAMED else []


def _totals(plan: Plan) -> str:
    """Return the counts of a plan, and the bytes and time of its transfer."""
    place = f"dandiset {plan.dandiset.identifier}" + (f" of {plan.instance}" if plan.instance else ", offline")
    counts = ", ".join(f"{len(plan.of(action))} to {action.value}" for action in Action if plan.of(action))
    sent = bytes_in_words(sum(one.bytes for one in plan.sent))
    time = "time unknown before the first upload" if plan.seconds is None else f"about {duration(plan.seconds)}"
    only = f"; {count_of(len(plan.only_remote), 'file')} only in the dandiset" if plan.only_remote else ""
    return f"{place}: {counts or 'no files'}; {sent} to send, {time}{only}"
