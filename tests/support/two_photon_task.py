"""The recipe of a lab that knows nothing of the Allen Institute, with its made-up sessions."""

import importlib.util
from pathlib import Path

from nwbgate.conversion.recipes.recipe import shipped_recipes

HOME = shipped_recipes()["two_photon_task"]


def maker_of(home: Path):
    """Return the function that makes the sources of a shipped recipe."""
    spec = importlib.util.spec_from_file_location(f"make_{home.name}", home / "make_sessions.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.make_sessions


def make_sources(folder: Path) -> Path:
    return maker_of(HOME)(folder)
