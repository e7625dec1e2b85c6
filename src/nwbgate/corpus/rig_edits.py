"""Faults of a rig's raw sources, as their agreement table shows them."""

from uuid import uuid4

import h5py
import numpy as np

from nwbgate.corpus.file_edits import Fault, put

TABLE = "processing/behavior/source_agreement"
#: Rows of the table.
LATE, LICKS, PHOTODIODE, EYE, LOST, IMAGING = range(6)
_COLUMNS = ("comparison", "object", "n_expected", "n_found", "n_unmatched", "deviation_sec")


def with_sources(file: h5py.File) -> None:
    """The session was converted from sources that agree."""
    licks = len(file["events/licks/id"])
    planes = file["processing/ophys/DfOverF"]
    rows = [
        ("late_stimulus_frames", "session", 6, 6, 0, 1e-4),
        ("licks", "session", licks, licks, 0, np.nan),
        ("photodiode_turns", "session", 80, 80, 0, np.nan),
        ("eye_frames", "session", 2400, 2391, 9, np.nan),
        ("lost_eye_frames", "session", 0, 0, 0, np.nan),
        *(("imaging_frames", name, frames := len(planes[name]["timestamps"]), frames, 0, np.nan) for name in planes),
    ]
    table = file.create_group(TABLE)
    table.attrs.update(_type_attributes("DynamicTable", "How far the raw sources agree."), colnames=list(_COLUMNS))
    table["id"] = np.arange(len(rows))
    table["id"].attrs.update(_type_attributes("ElementIdentifiers"))
    for name, values in zip(_COLUMNS, zip(*rows, strict=True), strict=True):
        table[name] = list(values)
        table[name].attrs.update(_type_attributes("VectorData", "A column."))


def _type_attributes(kind: str, description: str = "") -> dict[str, str]:
    """Return the attributes of an object of a type of HDMF."""
    attributes = {"namespace": "hdmf-common", "neurodata_type": kind, "object_id": str(uuid4())}
    return {**attributes, "description": description} if description else attributes


#: Faults of the sources; the file itself is as sound as before, so no other tool notices.
RIG: list[Fault] = [
    ("source_agreement.counts_are_those_of_the_file", put(f"{TABLE}/n_expected", LICKS, 9)),
    ("source_agreement.counts_are_those_of_the_file", put(f"{TABLE}/n_expected", IMAGING, 12)),
    ("source_agreement.something_was_compared", put(f"{TABLE}/n_found", LICKS, 0)),
    ("source_agreement.late_frames_are_late_on_both_clocks", put(f"{TABLE}/n_unmatched", LATE, 12)),
    ("source_agreement.clocks_keep_the_same_time", put(f"{TABLE}/deviation_sec", LATE, 0.05)),
    ("source_agreement.licks_are_on_the_lick_line", put(f"{TABLE}/n_unmatched", LICKS, 40)),
    ("source_agreement.photodiode_sees_each_turn", put(f"{TABLE}/n_found", PHOTODIODE, 0)),
    ("source_agreement.photodiode_sees_each_turn", put(f"{TABLE}/n_unmatched", PHOTODIODE, 30)),
    ("source_agreement.eye_camera_saved_its_frames", put(f"{TABLE}/n_unmatched", EYE, 800)),
    ("source_agreement.eye_camera_saved_its_frames", put(f"{TABLE}/n_expected", LOST, 4)),
    ("source_agreement.sources_are_of_one_session", put(f"{TABLE}/comparison", EYE, "mouse")),
    ("source_agreement.sources_tell_the_same", put(f"{TABLE}/comparison", EYE, "trials")),
    ("source_agreement.sources_tell_the_same", put(f"{TABLE}/comparison", EYE, "lick_line")),
    ("source_agreement.imaging_pulses_have_frames", put(f"{TABLE}/n_unmatched", IMAGING, 1000)),
]
