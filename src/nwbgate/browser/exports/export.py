"""Exports of a library: a folder for a web host, or one HTML file."""

import base64
import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path

from nwbgate.browser.exports.exported_keys import export_answers
from nwbgate.browser.serving.browsed_file import RAW
from nwbgate.browser.serving.library import Library
from nwbgate.browser.serving.packing import json_text
from nwbgate.browser.serving.page_files import bundle, index_page, page_names, page_text
from nwbgate.errors import UsageError, WriteError
from nwbgate.storage.safe_files.atomic import write_whole
from nwbgate.storage.safe_files.atomic_folder import replacing_folder
from nwbgate.storage.safe_files.refusals import explain_refusals, unwritten

#: As the server's policy, in the page itself.
_POLICY = (
    "default-src 'none'; {own}; img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'"
)
#: File by which a folder is known as an export, and may be replaced by another.
_KNOWN_BY = "data/files.gz"
_COMPRESSION = 6


def export(
    library: Library,
    target: Path,
    *,
    overwrite: bool = False,
    with_samples: bool = False,
    samples_from: str | None = None,
) -> int:
    """Export a library as a folder or HTML file; return the bytes written.

    Parameters
    ----------
    library : Library
        What is exported.
    target : Path
        A folder, or a file whose name ends in ``.html``.
    overwrite : bool
        Replace the file, or the folder of an earlier export.
    with_samples : bool
        Write every sample of every trace, not only extremes of bins.
    samples_from : str, optional
        Address of the folder of the NWB files, relative to the page, such as ``..``. The page of a folder then reads
        samples from the files themselves, by ranges, which the host must know.

    Raises
    ------
    UsageError
        If the target exists, or cannot be written.
    """
    if target.exists() and not overwrite:
        raise UsageError("the target exists", where=str(target), fix="choose another name, or add --overwrite")
    try:
        if target.suffix.lower() in (".html", ".htm"):
            return _write_page(library, target, with_samples)
        return _write_folder(target, _packed_answers(library, with_samples, samples_from))
    except WriteError as error:
        raise unwritten("the export cannot be written", error) from error


def _packed_answers(
    library: Library, with_samples: bool, samples_from: str | None = None
) -> Iterator[tuple[str, bytes]]:
    """Yield each key with its answer, gzipped reproducibly."""
    for key, content in export_answers(library, with_samples=with_samples, samples_from=samples_from):
        yield key, gzip.compress(content, _COMPRESSION, mtime=0)


def _write_page(library: Library, target: Path, with_samples: bool) -> int:
    data = {key: base64.b64encode(content).decode() for key, content in _packed_answers(library, with_samples)}
    content = embedded_page(json_text(data)).encode()
    write_whole(target, [content])
    return len(content)


def embedded_page(data: str) -> str:
    """Return one HTML file with script, style and data inside."""
    begin = 'mountBrowser(document.getElementById("nwbgate"), embeddedTransport(document.getElementById("data")), '
    script = f'"use strict";\n(() => {{\n{bundle()}\n{begin}{{ address: window }});\n}})();\n'
    style = page_text("style.css")
    own = f"script-src '{_digest(script)}'; style-src '{_digest(style)}'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY.format(own=own)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>nwbgate browse</title>\n'
        f'<link rel="icon" href="data:,">\n<style>{style}</style>\n</head>\n<body>\n<div id="nwbgate"></div>\n'
        f'<script type="application/json" id="data">{data}</script>\n<script>{script}</script>\n</body>\n</html>\n'
    )


def _digest(text: str) -> str:
    """Return the digest by which a content security policy allows a script or style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _write_folder(target: Path, packed: Iterator[tuple[str, bytes]]) -> int:
    """Write a folder under a temporary name and rename it when complete."""
    if target.exists() and not (target / _KNOWN_BY).is_file():
        raise UsageError("the folder is not an earlier export", where=str(target), fix="choose another name")
    with explain_refusals(target), replacing_folder(target) as private:
        return _fill(private, packed)


def _fill(folder: Path, packed: Iterator[tuple[str, bytes]]) -> int:
    """Write answers, modules and the page that begins; return the bytes written."""
    written, beside = 0, []
    for key, content in packed:
        written += _put(folder / "data" / f"{key}.gz", content)
        beside += [key.removeprefix("chunks/")] if key.startswith("chunks/") else []
    policy = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY.format(own=_OWN_FILES)}">'
    own = f'data-transport="files" data-raw="{RAW}" data-beside="{" ".join(beside)}"'
    index = index_page().replace('data-transport="http"', own)
    written += _put(folder / "index.html", index.replace("<title>", f"{policy}\n<title>").encode())
    for name in sorted(page_names() - {"index.html"}):
        written += _put(folder / "page" / name, page_text(name).encode())
    return written


_OWN_FILES = "script-src 'self'; style-src 'self'"


def _put(path: Path, content: bytes) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return len(content)
