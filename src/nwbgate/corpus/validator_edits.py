"""Faults for whole-file validators, planted in a session."""

from uuid import NAMESPACE_OID, UUID, uuid5

import h5py
import numpy as np

from nwbgate.corpus.file_edits import Edit, Fault, attribute, put, without

PLANE = "general/optophysiology/plane"


def put_instead(path: str, value: object) -> Edit:
    """A dataset, or a link, is something else."""

    def edit(file: h5py.File) -> None:
        del file[path]
        file[path] = value

    return edit


def loop(file: h5py.File) -> None:
    """A group holds itself."""
    file["acquisition/loop"] = file["acquisition"]


def broken_specification(file: h5py.File) -> None:
    """The cached specification is not JSON."""
    (version,) = file["specifications/core"].values()
    version["namespace"][()] = "{"


def without_common(file: h5py.File) -> None:
    """The cached core namespace includes one that is not cached."""
    del file["specifications/hdmf-common"]


def older_core(file: h5py.File) -> None:
    """The cached core namespace is of an older version than the file."""
    (version,) = file["specifications/core"]
    file["specifications/core"].move(version, "2.2.5")


def experimental(file: h5py.File) -> None:
    """A column of the units is of an experimental type."""
    units = file["units"]
    words = units.create_dataset("quality_elements", data=["good", "noise"], dtype=h5py.string_dtype())
    words.attrs.update(_type_attributes("hdmf-common", "VectorData", "Words of the quality."))
    column = units.create_dataset("quality", data=np.zeros(len(units["id"]), np.uint8))
    column.attrs.update({**_type_attributes("hdmf-experimental", "EnumData", "Quality."), "elements": words.ref})
    units.attrs["colnames"] = [*units.attrs["colnames"], "quality"]


def _type_attributes(namespace: str, kind: str, description: str) -> dict[str, str]:
    identity = str(uuid5(NAMESPACE_OID, kind))
    return {"namespace": namespace, "neurodata_type": kind, "description": description, "object_id": identity}


def without_unit(file: h5py.File) -> None:
    """A series has no unit."""
    del file["acquisition/voltage/data"].attrs["unit"]


def index_of_no_column(file: h5py.File) -> None:
    """The index of a ragged column refers to a missing column."""
    file["units/spike_times_index"].attrs["target"] = file["general/subject"].ref


def id_of_another(file: h5py.File) -> None:
    """A channel was copied inside the file, with its id."""
    file[f"{PLANE}/green"].attrs["object_id"] = file[PLANE].attrs["object_id"]


def cut(file: h5py.File) -> None:
    """The version of the schema is gone."""
    del file.attrs["nwb_version"]


def declared_huge(file: h5py.File) -> None:
    """The spike times claim more rows than any computer can hold."""
    attributes = dict(file["units/spike_times"].attrs)
    del file["units/spike_times"]
    file.create_dataset("units/spike_times", (2**40,), "f8", chunks=(1024,)).attrs.update(attributes)


def address_gone(file: h5py.File) -> None:
    """A folder of the file lies at an address where there is nothing."""
    attributes = file["acquisition"].id
    place = h5py.h5o.get_info(attributes).addr
    name = file.filename
    file.close()
    with open(name, "r+b") as stream:  # noqa: PTH123
        stream.seek(place)
        stream.write(bytes(16))


CUBE = np.full((2, 2, 2), "test", dtype=h5py.string_dtype())
WHOLE_FILE: list[Fault] = [
    ("file.not_nwb", cut),
    ("file.malformed", loop),
    ("file.unreadable", address_gone),
    ("file.too_large", declared_huge),
    ("file.specifications", broken_specification),
    ("file.specifications", without_common),
    ("file.older_specifications", older_core),
    ("file.experimental_type", experimental),
    ("file.object_id", id_of_another),
    ("file.object_id_form", attribute(PLANE, "object_id", "plane")),
    ("file.object_id_form", attribute("acquisition/voltage", "object_id", str(UUID(int=0)))),
    ("file.leads_outside", put_instead("general/institution", h5py.ExternalLink("absent.nwb", "/x"))),
    ("file.broken_link", put_instead("general/institution", h5py.SoftLink("/absent"))),
    ("dandi.nwb_version", attribute("/", "nwb_version", "NWB-2.6.0")),
    ("schema.invalid", put("session_start_time", (), "2020-01-01T00:00:00")),
    ("schema.dtype", put_instead(f"{PLANE}/excitation_lambda", "green")),
    ("schema.missing", without_unit),
    ("schema.missing_data_type", without(f"{PLANE}/green")),
    ("schema.incorrect_data_type", index_of_no_column),
    ("schema.expected_array", put_instead("general/keywords", "test")),
    ("schema.shape", put_instead("general/keywords", CUBE)),
    ("schema.unknown_type", attribute("acquisition/voltage", "neurodata_type", "TimeSerie")),
]
#: Names of files that DANDI refuses.
NAMES: list[tuple[str, str]] = [
    ("dandi.filename", "sub-m1/session_0.nwb"),
    ("dandi.folder", "mouse_1/sub-m1_ses-s0.nwb"),
    ("dandi.subject_folder", "sub-m2/sub-m1_ses-s0.nwb"),
]
