"""Values that cached properties keep, and how they are forgotten."""

from functools import cached_property


def forget_cached(owner: object) -> None:
    """Forget the values that cached properties of an object keep."""
    kept = [name for name in vars(owner) if isinstance(getattr(type(owner), name, None), cached_property)]
    for name in kept:
        delattr(owner, name)
