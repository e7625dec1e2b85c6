"""Files of earlier runs left behind by a change of session ids."""

import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nwbgate.conversion.batches import ledger
from nwbgate.conversion.batches.outcome import SessionOutcome, SessionStatus
from nwbgate.conversion.batches.task import SessionTask


class EarlierFiles:
    """Ledger entries of an output folder from before a run.

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
        """Return a remark for each older file of the same session and source."""
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
            f"an earlier conversion of this session still exists, {path}: remove it unless you want both"
            for path in sorted(found - {outcome.path})
            if os.path.exists(path)  # noqa: PTH110  Path refuses names that are too long, as a damaged ledger has
        )


def _entries(folder: Path) -> list[dict[str, Any]]:
    """Return the ledger, empty if unreadable."""
    try:
        return ledger.read(folder)
    except OSError:
        return []
