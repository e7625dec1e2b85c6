"""Quality pages of a run, written to a folder with the JSON results."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import nwbgate
from nwbgate.errors import WriteError
from nwbgate.findings.report import Report
from nwbgate.findings.summary import summary
from nwbgate.json_text import parse_json
from nwbgate.qc.pictures.picture import Picture
from nwbgate.qc.pictures.stored_svg import clean_svg
from nwbgate.qc.quality_control_json import quality_control
from nwbgate.qc_runs.across_sessions import distributions, outliers
from nwbgate.qc_runs.outcome import Judged
from nwbgate.qc_runs.tables import measurement_table
from nwbgate.report.qc_across import across_page
from nwbgate.report.qc_overview import overview_page
from nwbgate.report.qc_page import Page, session_page
from nwbgate.storage.safe_files.atomic import write_whole
from nwbgate.storage.safe_files.refusals import explain_refusals, unwritten

#: Folder, beside the pages, of what is known of a session beside its measurements: its pictures and its metadata.
_KEPT = "pictures"
#: Folder of the results as JSON of aind-data-schema.
_JSON = "quality_control"


def page_names(judged: Sequence[Judged]) -> list[str]:
    """Return unique page names from the file names, without ending."""
    taken = {"index", "across"}
    names = []
    for each in judged:
        quality = each.quality
        plain = quality.files[0].stem if quality.scope == "session" else f"container-{quality.name}"
        wanted = re.sub(r"[^A-Za-z0-9._+-]+", "-", plain)
        name = next(name for name in _variants(wanted) if name.lower() not in taken)
        taken.add(name.lower())
        names.append(name)
    return names


def _variants(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1


def write_pages(judged: Sequence[Judged], report: Report, folder: Path, earlier: Path | None = None) -> Path:
    """Write a page and a JSON result per session and container, and the overview.

    Parameters
    ----------
    judged : sequence of Judged
        What was measured and judged.
    report : Report
        The report of the run.
    folder : Path
        Where to.
    earlier : Path, optional
        Output folder of the run that measured, whose pictures are shown again.

    Raises
    ------
    UsageError
        If the folder cannot be written to.
    """
    version = nwbgate.__version__
    names = page_names(judged)
    try:
        for each, name in zip(judged, names, strict=True):
            shown = each if earlier is None else _recall_result(each, earlier / _KEPT / f"{name}.json")
            _put_page(folder / _KEPT / f"{name}.json", json.dumps(_kept_pictures(shown)))
            _put_page(folder / f"{name}.html", session_page(page_of(shown, f"{name}.html"), version))
            if each.criteria is not None:
                assets = [path.stem for path in each.quality.files]
                content = quality_control(each.results, each.criteria, version=version, assets=assets)
                _put_page(folder / _JSON / f"{name}.json", json.dumps(content, indent=1))
        pages = [page_of(each, f"{name}.html") for each, name in zip(judged, names, strict=True)]
        measured = measurement_table([each.quality for each in judged])
        across = across_page(outliers(measured), distributions(measured), measured, version)
        _put_page(folder / "across.html", across)
        _put_page(folder / "index.html", overview_page(pages, summary(report), version))
    except WriteError as error:
        raise unwritten("the pages cannot be written", error) from error
    return folder / "index.html"


def page_of(judged: Judged, file: str) -> Page:
    """Return the page content of a session or container."""
    quality, criteria = judged.quality, judged.criteria
    problems = [finding.message for finding in quality.findings]
    problems += [f"{broken.code} broke: {broken.error}" for broken in quality.broken]
    return Page(
        name=quality.name,
        scope=quality.scope,
        file=file,
        sources=tuple(path.name for path in quality.files),
        results=judged.results,
        measurements=quality.measurements,
        titles=criteria.titles if criteria else {},
        about=quality.about,
        pictures=quality.pictures,
        problems=tuple(problems),
    )


def _put_page(path: Path, text: str) -> None:
    with explain_refusals(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, [text.encode("utf-8")])


def _kept_pictures(judged: Judged) -> dict[str, Any]:
    quality = judged.quality
    return {"about": dict(quality.about), "pictures": [asdict(picture) for picture in quality.pictures]}


def _recall_result(judged: Judged, path: Path) -> Judged:
    """Return a session with its stored results, if its file is still there.

    The session itself is left without: the pictures of all would fill the memory.
    """
    try:
        kept = parse_json(path.read_text(encoding="utf-8"))
        about = {str(key): str(value) for key, value in kept["about"].items()}
        pictures = tuple(_clean_picture(Picture(**picture)) for picture in kept["pictures"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return judged
    return replace(judged, quality=replace(judged.quality, about=about, pictures=pictures))


def _clean_picture(picture: Picture) -> Picture:
    """Return a stored picture without anything that runs or loads."""
    return replace(picture, svg=clean_svg(picture.svg))
