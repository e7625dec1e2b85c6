"""Check of the objects given to plots."""

from nwbgate.errors import UsageError


def check_given(given: object, name: str, attribute: str, fix: str) -> None:
    """Reject an object that a plot cannot draw.

    Nothing is read of a session or plane: its class says what it has, even where the file then lacks it.

    Parameters
    ----------
    given : object
        What the plot was given.
    name : str
        What it should be, in one word; also the name of the argument.
    attribute : str
        What only such an object has.
    fix : str
        How to get one.

    Raises
    ------
    UsageError
        If it is something else.
    """
    if not hasattr(type(given), attribute) and not hasattr(given, attribute):
        raise UsageError(
            f"this plot needs a {name}",
            where=name,
            got=type(given).__name__,
            expected=f"a {name}",
            fix=fix,
        )
