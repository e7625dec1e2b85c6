"""A mapping whose values are opened on access."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

Value = TypeVar("Value")


class OpenedOnUse(Mapping[int, Value], Generic[Value]):
    """Numbers and their lazily opened values, in fixed order.

    Parameters
    ----------
    numbers : sequence of int
        The keys.
    opening : callable
        Opens the value of a key; may raise where its file is not there.
    """

    def __init__(self, numbers: Sequence[int], opening: Callable[[int], Value]) -> None:
        self._numbers = tuple(dict.fromkeys(numbers))
        self._opening = opening

    def __getitem__(self, number: int) -> Value:
        """Open the value of a key."""
        if number not in self._numbers:
            raise KeyError(number)
        return self._opening(number)

    def __iter__(self) -> Iterator[int]:
        """Iterate over the keys."""
        return iter(self._numbers)

    def __len__(self) -> int:
        """Return the number of keys."""
        return len(self._numbers)

    def __repr__(self) -> str:
        """Return the keys, without opening anything."""
        return f"{type(self).__name__}({', '.join(map(str, self._numbers))})"
