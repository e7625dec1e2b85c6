"""Plans, progress and results of uploads as text."""

from types import TracebackType
from typing import Self

from nwbgate.cli.printing.progress import duration
from nwbgate.cli.printing.transfers import Transfers, bytes_in_words
from nwbgate.dandi.planning import Action, Plan, PlannedFile
from nwbgate.dandi.transfer.file_transfer import SendOutcome, SendStatus
from nwbgate.dandi.transfer.uploading import Upload
from nwbgate.dandi.transfer.verification import Verification
from nwbgate.findings.summary import count_of

#: Files that are named of one action; more are counted.
_NAMED = 200


def plan_text(plan: Plan) -> str:
    """Return a plan as text: a line per file, and totals."""
    lines = [line for action in Action for line in _lines(plan.of(action))]
    lines += [f"only in the dandiset  {bytes_in_words(one.bytes):>9}  {one.path}" for one in plan.only_remote[:_NAMED]]
    lines += _more(len(plan.only_remote))
    lines += [f"with --organize: {one.source} -> {one.target}" for one in plan.renamings]
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
    only = f"; {count_of(len(plan.only_remote), 'file')} only in the dandiset" if plan.only_remote else ""
    return f"{place}: {counts or 'no files'}; {_sending(plan)}{only}"


def _sending(plan: Plan) -> str:
    """Return the bytes and the time of the transfer."""
    if not plan.sent:
        return "nothing to send"
    time = "time unknown before the first upload" if plan.seconds is None else f"about {duration(plan.seconds)}"
    return f"{bytes_in_words(sum(one.bytes for one in plan.sent))} to send, {time}"


class ShownUpload:
    """Upload progress on standard error: a bar, or a line per file."""

    def __init__(self) -> None:
        self._transfers: Transfers | None = None

    def __enter__(self) -> Self:
        """Wait for the plan."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, frames: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if self._transfers is not None:
            self._transfers.__exit__(kind, error, frames)

    def begin(self, plan: Plan) -> None:
        """Show a bar for what will be sent."""
        self._transfers = Transfers(len(plan.sent), sum(one.bytes for one in plan.sent))
        self._transfers.__enter__()

    def advance(self, number: int) -> None:
        """Count sent bytes."""
        if self._transfers is not None:
            self._transfers.advance(number)

    def end(self, outcome: SendOutcome) -> None:
        """Count a file that was sent or failed."""
        if self._transfers is not None and outcome.status not in (
            SendStatus.SKIPPED,
            SendStatus.REFUSED,
            SendStatus.PLANNED,
        ):
            reason = f": {outcome.reason.splitlines()[0]}" if outcome.reason else ""
            self._transfers.end(outcome.path, f"{outcome.status}{reason}")


def upload_text(upload: Upload) -> str:
    """Return an upload's result as text: missing files, and totals."""
    lines = [_reason(one) for one in upload.outcomes if one.reason]
    counts = ", ".join(f"{upload.count(status)} {status}" for status in SendStatus if upload.count(status))
    sent = sum(one.bytes for one in upload.outcomes if one.status in (SendStatus.UPLOADED, SendStatus.REPLACED))
    pace = f", {sent / upload.seconds / 1e6:.1f} MB/s" if sent and upload.seconds else ""
    total = f"dandiset {upload.plan.dandiset.identifier} of {upload.plan.instance}: {counts or 'no files'}"
    return "\n".join([*lines, f"{total}; {bytes_in_words(sent)} in {duration(upload.seconds)}{pace}"]) + "\n"


def _reason(outcome: SendOutcome) -> str:
    first, *more = outcome.reason.splitlines()
    return "\n".join([f"{outcome.status} {outcome.path}: {first}", *more])


def verification_text(found: Verification) -> str:
    """Return the totals of a verification as one line."""
    sizes = f"{count_of(found.compared, 'file')} ({bytes_in_words(found.bytes)}) compared by dandi-etag"
    return f"{sizes}, {found.with_sha256} of them by SHA-256 as well\n"
