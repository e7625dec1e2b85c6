"""Sphinx configuration of nwbgate's documentation; built by `make docs`, warnings as errors."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from make_gallery_data import make_gallery_data
from make_reference import write_api_pages, write_command_line, write_root_documents, write_rule_pages
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

import nwbgate

HERE = Path(__file__).parent

project = "nwbgate"
author = "The nwbgate developers"
copyright = "The nwbgate developers"
version = release = nwbgate.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
myst_enable_extensions = ["colon_fence", "fieldlist"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "api/generated/included"]
html_theme = "pydata_sphinx_theme"
html_title = "nwbgate"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
# Every page is listed at the left of every page; the header has the search alone.
html_sidebars = {"**": ["page-list.html"]}
templates_path = ["_templates"]
html_theme_options = {
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "navbar_center": [],
    "secondary_sidebar_items": ["page-toc"],
}

# The pages of the gallery are notebooks: each is run, and an error in one is an error of the build.
nb_execution_mode = "force"
nb_execution_timeout = 120
nb_execution_raise_on_error = True
nb_execution_show_tb = True

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"no-value": True}
autodoc_inherit_docstrings = False
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
# Two rooms may each have a Layout; a bare name in a signature is then not linked.
suppress_warnings = ["ref.python"]

GENERATED = HERE / "api" / "generated"
write_api_pages(GENERATED)
write_command_line(GENERATED / "included" / "command_line.md")
write_root_documents(HERE.parent, GENERATED / "included")
write_rule_pages(HERE / "rules")


make_gallery_data(HERE / "_build" / "gallery")


def _keep_colons(app: Sphinx, what: str, *rest: Any) -> None:
    """Begin the text of a constant with an empty line: napoleon takes what is before a colon in the first as a type."""
    lines: list[str] = rest[-1]
    if what in {"data", "attribute", "property"}:
        lines.insert(0, "")


def _lead_back(app: Sphinx, env: BuildEnvironment) -> None:
    """Lead `[docs]` beside a source to an entry with an anchor: the last one, which viewcode takes, may have none."""
    objects, sources = env.domains.python_domain.objects, env._viewcode_modules  # type: ignore[attr-defined]
    for module, entry in list(sources.items()):
        if not entry:  # a module without Python source, which the list of sources would name all the same
            del sources[module]
            continue
        _, _, pages, shown = entry
        for name in pages:
            pages[name] = objects[f"{shown}.{name}"].docname


def setup(app: Sphinx) -> None:
    """Put the first step before napoleon's, whose priority is 500."""
    app.connect("autodoc-process-docstring", _keep_colons, priority=400)
    app.connect("env-updated", _lead_back)
