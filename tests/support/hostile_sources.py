"""Sources of the hostile recipe, made by tests."""

import signal
from pathlib import Path

from support.places import TESTS

HOSTILE_RECIPE = TESTS / "support" / "hostile_recipe"


def make_hostile(folder: Path, **behaviours: str) -> Path:
    """Write sources, name to behaviour, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, behaviour in behaviours.items():
        (folder / f"{name}.txt").write_text(behaviour)
    return folder


def heed_interrupts() -> None:
    """Undo, in a process about to start, that a shell makes what it runs in the background deaf to interrupts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
