"""Version of the installed package, from the tags of its repository."""

from importlib.metadata import version

__version__ = version("nwbgate")
