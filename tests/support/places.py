"""Folders of the repository."""

from pathlib import Path

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
#: A valid manifest of two made-up mice; do not write into it.
VALID_MANIFEST = ROOT / "src" / "nwbgate" / "corpus" / "valid_manifest"
