"""Modules that libraries import whether or not they are needed."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import LazyLoader, find_spec, module_from_spec


@contextmanager
def left_out(*names: str) -> Iterator[None]:
    """Let libraries that are imported meanwhile take modules for not installed.

    Parameters
    ----------
    *names : str
        Modules; those that are imported already stay as they are.
    """
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None is Python's way to say so
    try:
        yield
    finally:
        for name in absent:  # for whoever asks for it by name
            sys.modules.pop(name, None)


def put_off(*names: str) -> None:
    """Load modules on the first use of what is in them.

    Parameters
    ----------
    *names : str
        Modules of a package ("numpy.f2py"), which can then be had as attributes of it.
    """
    for name in names:
        package, _, own = name.rpartition(".")
        spec = find_spec(name) if name not in sys.modules else None
        if spec is None or spec.loader is None:
            continue
        spec.loader = LazyLoader(spec.loader)
        module = sys.modules[name] = module_from_spec(spec)
        spec.loader.exec_module(module)
        setattr(import_module(package), own, module)
