"""Files of earlier runs that a session has left behind: its ids were changed, and with them the name of its file."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nwbgate.conversion import ledger
from nwbgate.conversion.outcome import SessionOutcome, SessionStatus
from nwbgate.conversion.task import SessionTask


class EarlierFiles:
    """What the ledger of an output folder says was written there before a run.

    Parameters
    ----------
    folder : Path
        Output folder.
    tasks : sequence of SessionTask
        Sessions of the run. A source from which several of them are made tells nothing about one of them.
    """

    def __init__(self, folder: Path, tasks: Sequence[SessionTask]) -> None:
        self.folder = folder
        self.entries = defaultdict[str, list[dict[str, Any]]](list)
        for entry in _entries(folder):
            if entry.get("status") == SessionStatus.CONVERTED and entry.get("path"):
                self.entries[str(entry.get("session_id"))].append(entry)
        self.uses = Counter(str(source.absolute()) for task in tasks for source in task.plan.sources)

    def remarks(self, outcome: SessionOutcome) -> tuple[str, ...]:
        """Return a remark for each file that is still there, made of the same session and source, of another name."""
        if outcome.path is None or outcome.status in (SessionStatus.FAILED, SessionStatus.EXCLUDED):
            return ()
        absolute = (str(source.absolute()) for source in outcome.sources)
        own = {source for source in absolute if self.uses[source] == 1}
        found = {
            self.folder / entry["path"]
            for entry in self.entries.get(str(outcome.session_id), ())
            if own & {*entry.get("sources", [])}
        }
        return tuple(
            f"an earlier conversion of this session is still there, {path}: remove it, unless both are wanted"
            for path in sorted(found - {outcome.path})
            if path.is_file()
        )


def _entries(folder: Path) -> list[dict[str, Any]]:
    """Return the ledger; one that cannot be read is said when it cannot be written."""
    try:
        return ledger.read(folder)
    except OSError:
        return []
