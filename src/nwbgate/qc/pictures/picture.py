"""Pictures drawn by matplotlib, as SVG in the page's colours."""

import base64
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.extras import import_extra

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Colours of data, readable on light and on dark paper.
BLUE, ORANGE, GREEN, RED, GREY = "#3f88c5", "#d9822b", "#3a9a5b", "#d1495b", "#8a9199"
#: Drawn instead of the reader's text colour, which only the page knows; not a colour of data.
_INK = "#0a0b0c"
_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "nwbgate",
    "text.parse_math": False,
    "font.size": 9.0,
    "axes.titlesize": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "legend.frameon": False,
    "image.interpolation": "nearest",
    "image.cmap": "gray",
    "lines.linewidth": 1.0,
    "path.simplify": True,
    **dict.fromkeys(("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"), _INK),
}
#: Width of every picture in inches; at 72 points each, a text of 9 points is as high as that of the page.
WIDTH = 6.4
#: Colours that an image with a palette can have; a colour map has as many.
_PALETTE = 256


@dataclass(frozen=True)
class Picture:
    """A picture with title and caption.

    Attributes
    ----------
    name : str
        Short name, also of its file: small letters, digits, underscores and hyphens.
    title : str
        What is shown.
    caption : str
        How to read it.
    svg : str
        An ``svg`` element without size, in which ``currentColor`` stands for the colour of the page's text.
    """

    name: str
    title: str
    caption: str
    svg: str


def picture(name: str, title: str, caption: str, draw: Callable[["Figure"], None], *, height: float) -> Picture:
    """Return a picture that `draw` draws into a figure.

    Parameters
    ----------
    name, title, caption : str
        See `Picture`.
    draw : callable
        Given the empty figure.
    height : float
        Of the figure in inches; its width is `WIDTH`.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    with _styled_figure() as figure_class:
        figure = figure_class(figsize=(WIDTH, height), layout="constrained")
        draw(figure)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None}, dpi=100)
    return Picture(re.sub(r"[^a-z0-9_-]+", "-", name.lower()), title, caption, _element(text.getvalue(), title))


@contextmanager
def _styled_figure() -> "Iterator[type[Figure]]":
    """Yield the figure class, with matplotlib in the style of the pages."""
    matplotlib = import_extra("matplotlib", "qc")
    with matplotlib.rc_context(_STYLE):
        yield import_extra("matplotlib.figure", "qc").Figure


def _indexed_image(png: str) -> str:
    """Return an image in base64, with a palette if it has few colours."""
    image_class = import_extra("PIL.Image", "qc")
    with image_class.open(io.BytesIO(base64.b64decode(png))) as image:
        pixels = np.asarray(image.convert("RGBA"))
    colours, places = np.unique(pixels.reshape(-1, 4).view(np.uint32).ravel(), return_inverse=True)
    if len(colours) > _PALETTE:
        return png
    indexed = image_class.fromarray(places.reshape(pixels.shape[:2]).astype(np.uint8), mode="P")
    indexed.putpalette(colours.view(np.uint8).tobytes(), rawmode="RGBA")
    smaller = io.BytesIO()
    indexed.save(smaller, format="png", optimize=True)
    return base64.b64encode(smaller.getvalue()).decode()


def _element(svg: str, title: str) -> str:
    """Return the bare ``svg`` element in the page's colour and width, with its title."""
    from html import escape

    element = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    element = re.sub(r"(?<=data:image/png;base64,)[^\"]+", lambda image: _indexed_image(image[0]), element)
    element = element.replace(_INK, "currentColor").strip()
    # A hundredth of a point is finer than any screen, and makes the page a third smaller.
    element = re.sub(r' d="[^"]*"', lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path[0]), element)
    element = re.sub(r' (width|height)="[\d.]+pt"', "", element, count=2)
    return element.replace("<svg ", f'<svg role="img" aria-label="{escape(title)}" ', 1)
