"""Forms of camstim's pickles: one is supported, the others are rejected by name."""

from pathlib import Path
from typing import Any

from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior_rig.pickles.pickle_items import PickleItems

#: Keys that tell a form, and what the form is.
_OTHER_FORMS = (
    (("items", "foraging"), "a passive SweepStim pickle (items.foraging): running, and no task"),
    (("vsyncintervals",), "a pickle of foraging 1, before 2018"),
    (("lickData",), "a pickle of foraging 1, before 2018"),
    (("stimuluslog",), "a pickle of foraging 1, before 2018"),
    (("trial_log",), "a pickle of foraging 2 of early 2018, with the task at its top"),
    (("sweep_frames",), "a passive SweepStim pickle"),
    (("stimuli",), "a passive SweepStim pickle: a list of stimuli, and no task"),
)


def behavior_items(content: Any, path: Path) -> tuple[PickleItems, PickleItems]:
    """Return the top of a pickle of the change detection task, and its ``items.behavior``.

    Parameters
    ----------
    content : object
        What the pickle holds.
    path : Path
        Where it is.

    Raises
    ------
    SourceError
        If it is another thing than a pickle of camstim, or one of a form without ``items.behavior``, which is named.
    """
    if not isinstance(content, dict):
        raise _refusal(path, f"a {type(content).__name__} at the top", "this is not a pickle of camstim")
    top = PickleItems(content, path)
    inner = PickleItems(top.get("items") if isinstance(top.get("items"), dict) else {}, path, "items")
    if isinstance(inner.get("behavior"), dict):
        return top, inner.items("behavior")
    raise _refusal(path, _form(top, inner), "the pickle is not of the change detection task")


def _form(top: PickleItems, inner: PickleItems) -> str:
    """Return what a pickle without the task is, as far as its keys tell."""
    for keys, meaning in _OTHER_FORMS:
        if (keys[-1] in inner) if len(keys) > 1 else (keys[0] in top):
            return meaning
    return f"keys {', '.join(top.keys()[:12]) or 'none'}"


def _refusal(path: Path, got: str, what: str) -> SourceError:
    return SourceError(
        what,
        where=str(path),
        got=got,
        expected="a dictionary with items.behavior, as camstim has written since 2018",
        fix="give the pickle of the behavior session",
    )
