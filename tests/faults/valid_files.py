"""Valid recordings with their table, and whole runs of the gate over copies of a valid file."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

import nwbgate
from faults.whole_release import Frames, sized
from nwbgate.conversion.session import convert_session
from nwbgate.corpus.file_edits import Fault, plant_in_copy
from nwbgate.corpus.valid_inputs import TOLD
from nwbgate.interfaces.dataset_ii import DatasetIIConverter, plan_sessions
from nwbgate.manifest.specification.declaration import Spec
from nwbgate.manifest.specification.spec import load_spec
from nwbgate.manifest.tables import read_tables
from nwbgate.reading.facts.fact_frames import fact_frame
from nwbgate.reading.facts.file_frames import session_frames
from nwbgate.reading.facts.files import fact_columns
from nwbgate.samples.dataset_ii import make_recordings

#: Copies of one file have one identifier and are of one session, which is no fault of theirs.
OF_COPIES = (
    "nwb_files.planes_share_their_behavior",
    "nwb_files.animal_is_described_alike",
    "nwb_files.animal_ages_with_the_date",
    "nwb_files.behavior_is_of_its_own_session",
    "nwb_files.uuid_is_of_one_session",
    "nwb_planes.content_is_of_its_own_plane",
    "nwb_files.identifier_is_unique",
    "nwb_files.object_id_is_unique",
    "nwb_files.file_is_named_for_its_session",
)

#: The name of a column where its value belongs.
_TEMPLATE = re.compile(r"\{[a-z_]+\b[^}]*\}")


@dataclass(frozen=True)
class Recordings:
    """Two converted recordings, the table that says what their sources do not, and both as frames."""

    files: tuple[Path, ...]
    rows: list[dict[str, str]]
    spec: Spec
    frames: Frames


def make_valid(folder: Path) -> Recordings:
    """Make two recordings, convert them with their table, and read both."""
    sources = make_recordings(folder / "sources", recordings=2, seconds=5.0, sampling_rate=4000.0)
    told = [{column: values[row] for column, values in TOLD.items()} for row in range(2)]
    rows = [{"recording_id": source.stem, **each} for source, each in zip(sources, told, strict=True)]
    table = write_recordings(folder, rows)
    files = tuple(_converted(sources, table, folder))
    spec = load_spec("dataset_ii")
    columns = [fact_columns(session_frames(path), str(path)) for path in files]
    frames = read_tables(folder, spec)
    frames |= {name: fact_frame(name, [each[name] for each in columns]) for name in columns[0]}
    frames["nwb_files"]["session_start_time"] = pd.to_datetime(frames["nwb_files"]["session_start_time"], utc=True)
    return Recordings(files, rows, sized(spec, frames), frames)


def write_recordings(folder: Path, rows: Sequence[dict[str, str]]) -> Path:
    """Write a table of recordings."""
    with (folder / "recordings.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder / "recordings.csv"


def _converted(sources: Sequence[Path], table: Path, folder: Path) -> Iterator[Path]:
    for plan in plan_sessions(sources, {"recordings": str(table)}):
        subject = plan.metadata["Subject"]["subject_id"]
        path = folder / f"sub-{subject}" / f"sub-{subject}_ses-{plan.session_id}_ecephys+ophys.nwb"
        path.parent.mkdir()
        convert_session(
            DatasetIIConverter(source_data=plan.source_data), path, metadata=plan.metadata,
            conversion_options=plan.conversion_options, sources=plan.sources, check=False,
        )  # fmt: skip
        yield path


def found_in_copies(
    valid: Path, faults: Sequence[Fault], folder: Path, subject: str, **options: Any
) -> list[list[str]]:
    """Plant each fault in a copy of a valid file and check all copies in one run: the codes found in each.

    The first copy is as it was, and has to be without any finding.
    """
    paths = [folder / f"sub-{subject}" / f"sub-{subject}_ses-{number}.nwb" for number in range(len(faults) + 1)]
    for path, edit in zip(paths, [lambda _: None, *(edit for _, edit in faults)], strict=True):
        plant_in_copy(valid, path, edit)
    report = nwbgate.check(paths, inspector=False, ignore=[*OF_COPIES, *options.pop("ignore", ())], **options)
    for path in paths:
        path.unlink()
    assert not report.broken, report.broken
    assert not [finding.message for finding in report.records if _TEMPLATE.search(finding.message)]
    codes = [[finding.code for finding in report.records if finding.path == str(path)] for path in paths]
    assert codes.pop(0) == []
    return codes
