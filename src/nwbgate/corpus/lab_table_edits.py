"""Faults of any lab's electrodes, units, trials, images and sweeps."""

from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import h5py
import numpy as np

from nwbgate.corpus.file_edits import Edit, Fault, add, attribute, put, remade, scale, together, transplant, without

GROUPS, ELECTRODES = "general/extracellular_ephys", "general/extracellular_ephys/electrodes"
CELLS, SUMMARY = "processing/ophys/ImageSegmentation/cells", "processing/ophys/summary"
TRIALS, SWEEPS = "intervals/trials", ("acquisition/response", "stimulus/presentation/stimulus")


def another_group(location: str) -> Edit:
    """The last electrode is in a group of its own, at a location."""

    def edit(file: h5py.File) -> None:
        file.copy(file[f"{GROUPS}/shank"], file[GROUPS], "other")
        group = file[f"{GROUPS}/other"]
        group.attrs["object_id"], group.attrs["location"] = str(uuid5(NAMESPACE_DNS, "other")), location
        file[f"{ELECTRODES}/group"][3] = group.ref

    return edit


def crowd_electrodes(file: h5py.File) -> None:
    """Two electrodes are in one place."""
    file[f"{ELECTRODES}/y"][3] = file[f"{ELECTRODES}/y"][2]


def observe(first: float, last: float) -> Edit:
    """Each unit was watched in an interval."""

    def edit(file: h5py.File) -> None:
        units = file["units"]
        number = len(units["id"])
        units["obs_intervals"] = np.tile([first, last], (number, 1))
        units["obs_intervals_index"] = np.arange(1, number + 1)
        of_vector, of_index = dict(units["spike_times"].attrs), dict(units["spike_times_index"].attrs)
        for name, attributes in (("obs_intervals", of_vector), ("obs_intervals_index", of_index)):
            units[name].attrs.update(attributes | {"object_id": str(uuid5(NAMESPACE_DNS, name))})
        units["obs_intervals_index"].attrs["target"] = units["obs_intervals"].ref
        units.attrs["colnames"] = [*units.attrs["colnames"], "obs_intervals"]

    return edit


def as_pixels(file: h5py.File) -> None:
    """Masks are lists of pixels, of which one is there twice."""
    table = file[CELLS]
    lists = [[(x, y, 1.0) for y, x in np.argwhere(image)] for image in table["image_mask"][()]]
    lists[1][3] = lists[1][2]
    attributes = dict(table["image_mask"].attrs)
    del table["image_mask"]
    pixels: Any = np.array(
        [pixel for each in lists for pixel in each], dtype=[("x", "u4"), ("y", "u4"), ("weight", "f4")]
    )
    table["pixel_mask"], table["pixel_mask_index"] = pixels, np.cumsum([len(each) for each in lists])
    table["pixel_mask"].attrs.update(attributes)
    table["pixel_mask_index"].attrs.update(attributes | {"object_id": str(uuid5(NAMESPACE_DNS, "index"))})
    table["pixel_mask_index"].attrs["neurodata_type"] = "VectorIndex"
    table["pixel_mask_index"].attrs["target"] = table["pixel_mask"].ref
    table.attrs["colnames"] = ["pixel_mask"]


def sweeps_numbered(*numbers: int) -> Edit:
    """Stimuli and responses have other sweep numbers."""
    return together(
        *(
            attribute(f"{side}_{place}", "sweep_number", np.uint32(number))
            for place, number in enumerate(numbers)
            for side in SWEEPS
        )
    )


def camera_of(files: list[str], starts: list[int]) -> Edit:
    """A camera filmed the animal in parts."""

    def edit(file: h5py.File) -> None:
        camera = file.create_group("acquisition/camera")
        camera.attrs.update({**file["acquisition/light"].attrs, "neurodata_type": "ImageSeries"})
        camera.attrs["object_id"] = str(uuid5(NAMESPACE_DNS, "camera"))
        camera["data"] = np.zeros((0, 0, 0), "u1")
        camera["data"].attrs["unit"] = "n.a."
        camera["format"] = "external"
        camera["external_file"] = files
        camera["external_file"].attrs["starting_frame"] = starts
        camera["timestamps"] = h5py.SoftLink("/acquisition/movie/timestamps")

    return edit


def light_of(wavelength: float) -> Edit:
    """A fiber gives light of a wavelength."""

    def edit(file: h5py.File) -> None:
        fiber = file.create_group("general/optogenetics/fiber")
        fiber.attrs.update({"namespace": "core", "neurodata_type": "OptogeneticStimulusSite"})
        fiber.attrs["object_id"] = str(uuid5(NAMESPACE_DNS, "fiber"))
        fiber["excitation_lambda"] = wavelength

    return edit


def without_numbers(file: h5py.File) -> None:
    """No sweep has a number, and no table lists them."""
    for place in range(3):
        for side in SWEEPS:
            del file[f"{side}_{place}"].attrs["sweep_number"]
    del file["general/intracellular_ephys/intracellular_recordings"]


#: Half of the field of view, which the images show while the movie is not known.
_HALF = (
    without("acquisition/movie/imaging_plane"),
    *(remade(f"{SUMMARY}/{name}", lambda image: image[:8, :6]) for name in ("mean", "correlation")),
)

#: Faults of tables, images and sweeps, each noticed by one rule.
LAB_TABLES: list[Fault] = [
    ("electrode_sites.group_has_its_name", another_group("VISp")),
    (
        "electrode_sites.location_is_that_of_its_group",
        together(
            another_group("VISp"), put(f"{ELECTRODES}/group_name", 3, "other"), put(f"{ELECTRODES}/location", 3, "CA1")
        ),
    ),
    ("electrode_sites.electrode_has_its_own_place", crowd_electrodes),
    ("electrode_sites.impedance_is_in_ohms", scale(f"{ELECTRODES}/imp", 1e-6)),
    ("unit_columns.count_is_that_of_the_spikes", put("units/num_spikes", 1, 5000)),
    ("unit_columns.rate_follows_from_the_spikes", scale("units/firing_rate", 1000.0)),
    ("unit_columns.peak_electrode_exists", put("units/peak_channel_id", 2, 900)),
    ("unit_columns.peak_electrode_is_its_own", put("units/peak_channel_id", 2, 0)),
    ("unit_columns.presence_ratio_is_a_share", scale("units/presence_ratio", 95.0)),
    ("spikes.observation_is_of_the_session", observe(0.0, 10_000.0)),
    ("spikes.spikes_inside_observation", observe(20.0, 30.0)),
    ("interval_times.times_are_of_the_session", scale(f"{TRIALS}/cue_time", 1000.0)),
    ("interval_times.time_is_in_its_row", add(f"{TRIALS}/cue_time", ..., -5.0)),
    ("summary_images.image_shows_something", put(f"{SUMMARY}/mean", ..., 0.0)),
    ("summary_images.image_shows_something", put(f"{SUMMARY}/correlation", ..., np.nan)),
    ("summary_images.image_is_not_another_one", transplant(f"{SUMMARY}/mean", f"{SUMMARY}/correlation")),
    ("masks.mask_has_the_size_of_an_image", together(*_HALF)),
    ("masks.mask_has_a_positive_weight", scale(f"{CELLS}/image_mask", -1.0)),
    ("masks.pixel_is_listed_once", as_pixels),
    ("sweeps.sweep_is_numbered", without_numbers),
    ("sweeps.number_is_of_one_sweep", sweeps_numbered(0, 1, 1)),
    ("sweeps.numbers_follow_time", sweeps_numbered(0, 2, 1)),
    ("sweeps.sweeps_of_a_pipette_take_turns", together(*(put(f"{each}_1/starting_time", (), 1.5) for each in SWEEPS))),
    ("sweeps.stimulus_has_the_rate_of_its_response", attribute(f"{SWEEPS[1]}_1/starting_time", "rate", 500.0)),
    ("videos.video_is_listed_once", camera_of(["a.avi", "a.avi"], [0, 300])),
    ("videos.parts_follow_each_other", camera_of(["a.avi", "b.avi"], [300, 0])),
    ("light_sources.light_is_in_nanometers", light_of(473e-9)),
    ("pipette_settings.setting_is_possible", put(f"{SWEEPS[0]}_1/bridge_balance", (), 12.0)),
    ("pipette_settings.setting_is_possible", put(f"{SWEEPS[0]}_1/bias_current", (), 40.0)),
]
