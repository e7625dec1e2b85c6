"""Selection of reported codes: ``--select``, ``--ignore`` and waivers, exact or by prefix."""

from collections.abc import Container, Iterable, Sequence
from difflib import get_close_matches

from nwbgate.errors import UsageError

#: Codes that say that a file could not be judged: told whatever is selected, or a damaged file would pass the gate.
HINDRANCES = (
    "file.unreadable",
    "file.not_nwb",
    "file.specifications",
    "file.unconstructible",
    "schema.crashed",
    "inspector.crashed",
)


class Codes:
    """Selection of the codes that a run reports.

    Parameters
    ----------
    known : iterable of str
        Every code there is.
    select, ignore : sequence of str
        Codes, or prefixes that end where a part of a code ends (``ophys_cells`` or ``ophys_cells.``).
    waived : iterable of str
        Codes or prefixes of waivers, which must be known.

    Raises
    ------
    UsageError
        If a code or prefix fits no known code; it names the nearest.
    """

    def __init__(
        self, known: Iterable[str], select: Sequence[str] = (), ignore: Sequence[str] = (), waived: Iterable[str] = ()
    ) -> None:
        self._known = tuple(known)
        self._select, self._ignore = tuple(select), tuple(ignore)
        for code in (*self._select, *self._ignore, *waived):
            if not any(is_within(each, code) for each in self._known):
                raise self._unknown(code)

    def reports(self, code: str) -> bool:
        """Return whether `code` is selected and not ignored."""
        selected = not self._select or any(is_within(code, prefix) for prefix in self._select)
        return selected and not self._ignores(code)

    def tells(self, code: str, causes: Container[str] = ()) -> bool:
        """Return whether a code is reported, or blocked a reported rule.

        Parameters
        ----------
        code : str
            Code of the finding.
        causes : container of str
            Codes that kept a reported rule from being judged: without theirs, it would seem to have passed.
        """
        return self.reports(code) or ((code in HINDRANCES or code in causes) and not self._ignores(code))

    def any_of(self, prefixes: Iterable[str]) -> bool:
        """Return whether any known code under one of `prefixes` is reported."""
        return any(self.reports(code) for prefix in prefixes for code in self._known if is_within(code, prefix))

    def _ignores(self, code: str) -> bool:
        return any(is_within(code, prefix) for prefix in self._ignore)

    def _unknown(self, code: str, what: str = "unknown code or prefix") -> UsageError:
        near = get_close_matches(
            code, [*self._known, *{each.rpartition(".")[0] for each in self._known}], n=3, cutoff=0.7
        )
        return UsageError(
            what,
            got=code,
            expected=f"for example {' or '.join(near)}" if near else "",
            fix="list the codes with: nwbgate rules --all",
            where=code,
        )


def is_within(code: str, prefix: str) -> bool:
    """Return whether `code` equals `prefix` or lies below it at a full part."""
    return code == prefix or code.startswith(prefix.removesuffix(".") + ".")
