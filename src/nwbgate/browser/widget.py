"""The page in a notebook, over the notebook's own connection."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from nwbgate.browser.levels.disk_cache import default_folder
from nwbgate.browser.serving.keys import UnknownKeyError
from nwbgate.browser.serving.library import Library
from nwbgate.browser.serving.page_files import bundle, page_text
from nwbgate.browser.serving.sources import found_files
from nwbgate.errors import NwbgateError
from nwbgate.extras import import_extra
from nwbgate.reading.nwb_data import NWBData

#: What a notebook calls with the element to draw in.
_RENDER = """
export default {
  render({ model, el }) {
    const root = document.createElement("div");
    el.append(root);
    mountBrowser(root, commTransport(model));
  },
};
"""


def browse(source: NWBData | Path | str | Iterable[Path | str]) -> Any:
    """Show NWB files in a notebook, all tracks on one time axis.

    The data come over the notebook's own connection: no port is opened, so that it works on Binder, in Colab and in
    editors, too.

    Parameters
    ----------
    source : Session, Recording, NWBData, path, str, or several paths
        What `nwbgate.open` returned, or files, folders and addresses.

    Returns
    -------
    anywidget.AnyWidget
        The last line of a cell shows it. Its attribute ``library`` has the open files.

    Raises
    ------
    MissingExtraError
        If the extra ``notebook`` is not installed.
    UsageError
        If a path does not exist, or there is no NWB file.
    """
    import_extra("anywidget", "notebook")
    library = Library(_sources(source), default_folder())
    return _widget_class()(library)


def _sources(source: NWBData | Path | str | Iterable[Path | str]) -> list[Path | str]:
    if isinstance(source, Path | str):
        return found_files([str(source)])
    return found_files(map(str, source)) if isinstance(source, Iterable) else [source.path]


@cache
def _widget_class() -> Any:
    """Return the class of the widget; anywidget is imported only here."""
    anywidget = import_extra("anywidget", "notebook")

    class Browser(anywidget.AnyWidget):  # type: ignore[misc, name-defined]
        """A library in a notebook."""

        _esm = bundle() + _RENDER
        _css = page_text("style.css")

        def __init__(self, library: Library) -> None:
            super().__init__()
            self.library = library
            self.on_msg(self._answer)

        def _answer(self, _: Any, message: Any, __: Any) -> None:
            """Answer the message of a key with one of the same number."""
            content, problem = answer_message(self.library, str(message.get("key", "")))
            self.send({"number": message.get("number"), "error": problem}, [content])

    return Browser


def answer_message(library: Library, key: str) -> tuple[bytes, str]:
    """Return a key's answer and an empty text, or nothing and the error."""
    try:
        answer = library.answer(key)
    except UnknownKeyError:
        return b"", "not found"
    except NwbgateError as error:
        return b"", str(error)
    return (answer.content if answer.path is None else answer.path.read_bytes()), ""
