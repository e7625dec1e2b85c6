"""Files of the page: JavaScript modules, a style sheet and HTML."""

import re
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
}
#: Modules that a page without modules begins with: what it shows, and where the data come from.
_BEGIN = ("app.js", "transport.js")
_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([a-z_]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=function|const|class|async)", re.MULTILINE)


def _folder() -> Traversable:
    """Return the folder of the page, wherever the package is installed."""
    return files("nwbgate.browser").joinpath("page")


@cache
def page_names() -> frozenset[str]:
    """Return the names of the files that the page consists of."""
    return frozenset(item.name for item in _folder().iterdir() if item.name.endswith(tuple(TYPES)))


def page_file(name: str) -> bytes | None:
    """Return a file of the page; None for a name that is not one."""
    return _folder().joinpath(name).read_bytes() if name in page_names() else None


def page_text(name: str) -> str:
    """Return a file of the page as text."""
    return _folder().joinpath(name).read_text(encoding="utf-8")


def index_page() -> str:
    """Return the HTML of the live page."""
    return page_text("index.html")


def bundle() -> str:
    """Return all modules as one script, for pages that cannot load modules.

    Modules import each other by plain name only, and no two declare the same name; then one after the other, without
    their imports, they mean the same.
    """
    parts: list[str] = []
    there: set[str] = set()
    for name in _BEGIN:
        _add_module(name, parts, there)
    return "".join(parts)


def _add_module(name: str, parts: list[str], there: set[str]) -> None:
    """Add a module after those that it imports."""
    if name in there:
        return
    there.add(name)
    text = page_text(name)
    for _, imported in _IMPORT.findall(text):
        _add_module(imported, parts, there)
    parts.append(_EXPORT.sub("", _IMPORT.sub("", text)))
