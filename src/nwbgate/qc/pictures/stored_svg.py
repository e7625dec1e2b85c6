"""Stored SVG pictures, without anything that runs or loads."""

import re
import xml.etree.ElementTree as ET

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
#: Elements that matplotlib draws with.
_ELEMENTS = {
    "svg", "g", "defs", "path", "use", "clipPath", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text",
    "tspan", "image", "style", "title", "desc", "linearGradient", "radialGradient", "stop", "mask", "pattern", "marker",
}  # fmt: skip
_PICTURE = re.compile(r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/=\s]*")
_LOADS = re.compile(r"url\(\s*['\"]?(?!#)|@import|expression\(|javascript:", re.IGNORECASE)


def clean_svg(text: str) -> str:
    """Return an ``svg`` element without scripts, handlers and addresses.

    Parameters
    ----------
    text : str
        An ``svg`` element.

    Raises
    ------
    ValueError
        If the text is not one ``svg`` element, or declares a document type.
    """
    if "<!" in text:
        raise ValueError("the picture declares a document type")
    try:
        root = ET.fromstring(text)  # noqa: S314
    except ET.ParseError as problem:
        raise ValueError(f"the picture is not SVG: {problem}") from None
    if _name(root) != "svg":
        raise ValueError("the picture is not SVG")
    if not _clean(root):
        return text
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", _XLINK)
    return ET.tostring(root, encoding="unicode")


def _clean(element: ET.Element) -> bool:
    """Take out of an element what does not draw; tell whether there was something."""
    wrong = [name for name, value in element.attrib.items() if _is_wrong(name.rpartition("}")[2], value)]
    for name in wrong:
        del element.attrib[name]
    others = [child for child in element if _name(child) not in _ELEMENTS or _LOADS.search(child.text or "")]
    for child in others:
        element.remove(child)
    return any([bool(wrong), bool(others), *[_clean(child) for child in element]])


def _is_wrong(name: str, value: str) -> bool:
    if name.lower().startswith("on"):
        return True
    if name == "href":
        return not value.startswith("#") and not _PICTURE.fullmatch(value)
    return bool(_LOADS.search(value))


def _name(element: ET.Element) -> str:
    """Return the name of an SVG element; of another namespace, the empty text."""
    space, _, name = element.tag.rpartition("}")
    return name if space.lstrip("{") in ("", _SVG) else ""
