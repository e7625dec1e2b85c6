"""Written rules about file names that not every system can have."""

from pathlib import PurePath
from typing import TYPE_CHECKING

from nwbgate.rules.rule import Rule, check
from nwbgate.storage.safe_files.portable_names import fold_name, refusal_of_name

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows


def _refusal(path: str) -> str | None:
    """Return why some system refuses a path's names, or None."""
    place = PurePath(path)
    reasons = ((part, refusal_of_name(part)) for part in (place.parent.name, place.name))
    return next((f"{part!r}: {reason}" for part, reason in reasons if reason), None)


@check(severity="warning", column="path", needs=["nwb_files.path"])
def name_is_portable(nwb_files: "pd.DataFrame") -> "Rows":
    """Every system can have a file and a folder of these names.

    Why: people on Windows cannot download, unpack or clone a file called `aux.nwb` or `m1:left.nwb`, and the folder
    `m1 ` becomes `m1`. Only a warning: the content is whole.

    Example: a folder `sub-m1.`, or a file `12:30.nwb`.

    Fix: rename the file or its folder: letters, digits, hyphens and underscores, at most 255 bytes.
    """
    refused = nwb_files["path"].map(_refusal, na_action="ignore")
    odd = refused.notna()
    return nwb_files[odd].assign(got=refused[odd], expected="a name that every system takes") if odd.any() else None


def _other_spelling(path: str, spellings: dict[str, str]) -> str | None:
    """Return an earlier spelling of a path or its folder, or None."""
    places = [str(place) for place in (PurePath(path).parent, PurePath(path))]
    known = [spellings.setdefault(fold_name(PurePath(place)), place) for place in places]
    return next((first for first, place in zip(known, places, strict=True) if first != place), None)


@check(column="path", needs=["nwb_files.path"], fewest=2)
def names_differ_on_every_system(nwb_files: "pd.DataFrame") -> "Rows":
    """No two files or folders differ only in case or in the way that accents are written.

    Why: Windows and macOS take them for one, so that a copy there loses a file, or mixes the files of two folders.

    Example: sub-M1/session.nwb beside sub-m1/session.nwb.

    Fix: rename one of the two.
    """
    spellings: dict[str, str] = {}
    others = nwb_files["path"].map(lambda path: _other_spelling(path, spellings), na_action="ignore")
    odd = others.notna()
    return (
        nwb_files[odd].assign(got=nwb_files["path"][odd], expected="another name than " + others[odd])
        if odd.any()
        else None
    )


RULES: tuple[Rule, ...] = (name_is_portable, names_differ_on_every_system)
