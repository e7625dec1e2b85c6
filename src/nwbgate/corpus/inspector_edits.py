"""Faults for NWB Inspector, planted in a clean session."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
from hdmf.common import DynamicTable, VectorData
from pynwb import NWBFile, TimeSeries
from pynwb.base import ImageReferences, Images
from pynwb.behavior import CompassDirection, SpatialSeries
from pynwb.ecephys import ElectricalSeries
from pynwb.epoch import TimeIntervals
from pynwb.file import Subject
from pynwb.image import GrayscaleImage, ImageSeries
from pynwb.ophys import ImageSegmentation, OpticalChannel, RoiResponseSeries

#: Changes a clean session; what it changes is one thing.
Edit = Callable[[NWBFile], Any]
NOISE = np.random.default_rng(0).normal(size=100)


def clean() -> NWBFile:
    """A session about which no validator has anything to say."""
    nwbfile = NWBFile(
        session_description="A session of a test.",
        identifier="clean",
        session_start_time=datetime(2020, 1, 1, tzinfo=UTC),
        session_id="s0",
        experimenter=["Doe, Jane"],
        experiment_description="An experiment of a test.",
        institution="An institution",
        keywords=["test"],
        subject=Subject(subject_id="m1", species="Mus musculus", sex="M", age="P90D", description="A mouse."),
    )
    nwbfile.add_acquisition(series())
    return nwbfile


def series(**fields: Any) -> TimeSeries:
    times = {} if "timestamps" in fields else {"rate": 10.0}
    return TimeSeries(**{"name": "voltage", "data": NOISE, "unit": "V", "description": "A voltage.", **times, **fields})


def of_session(**fields: Any) -> Edit:
    """Change the session's metadata."""
    return lambda nwbfile: nwbfile.fields.update(fields)


def of_subject(**fields: Any) -> Edit:
    """Change the animal's metadata."""
    return lambda nwbfile: nwbfile.subject.fields.update(fields)


def acquire(**fields: Any) -> Edit:
    """One more series was acquired."""
    return lambda nwbfile: nwbfile.add_acquisition(series(**{"name": "more", **fields}))


def alter(**fields: Any) -> Edit:
    """Change acquired data in a way that PyNWB rejects at once."""
    return lambda nwbfile: nwbfile.acquisition["voltage"].fields.update(fields)


def position(**fields: Any) -> Edit:
    """One more series of positions was acquired."""
    data = {"name": "position", "description": "Where.", "reference_frame": "Top left.", "unit": "meters", "rate": 10.0}
    return lambda nwbfile: nwbfile.add_acquisition(SpatialSeries(**{**data, "data": NOISE, **fields}))


def heading(nwbfile: NWBFile) -> None:
    direction = SpatialSeries(
        name="heading", data=NOISE, rate=10.0, reference_frame="North.", unit="meters", description="Where to."
    )
    nwbfile.add_acquisition(CompassDirection(spatial_series=direction))


def units(*trains: list[float], **options: Any) -> Edit:
    """There are units that fired so."""

    def edit(nwbfile: NWBFile) -> None:
        for number, times in enumerate(trains):
            nwbfile.add_unit(spike_times=times, id=options.get("ids", range(9))[number], **options.get("each", {}))
        nwbfile.units.resolution = options.get("resolution", 1e-4)

    return edit


def intervals(*rows: tuple[float, float]) -> Edit:
    """There are intervals from and to these times."""

    def edit(nwbfile: NWBFile) -> None:
        table = TimeIntervals(name="epochs_of_light", description="When it was light.")
        for start, stop in rows:
            table.add_row(start_time=start, stop_time=stop)
        nwbfile.add_time_intervals(table)

    return edit


def table(name: str = "table", **columns: Any) -> Edit:
    """There is a table with these columns."""
    made = [VectorData(name=each, data=data, description=f"The {each}.") for each, data in columns.items()]
    return lambda nwbfile: nwbfile.add_acquisition(DynamicTable(name=name, description="A table.", columns=made))


def electrodes(data: Any, location: str = "VISp", **fields: Any) -> Edit:
    """There is a voltage of two electrodes."""

    def edit(nwbfile: NWBFile) -> None:
        device = nwbfile.create_device(name="amplifier", description="An amplifier.")
        group = nwbfile.create_electrode_group(name="g", description="A probe.", location="VISp", device=device)
        for _ in range(2):
            nwbfile.add_electrode(group=group, location=location)
        region = nwbfile.create_electrode_table_region(region=[0, 1], description="Both.")
        nwbfile.add_acquisition(
            ElectricalSeries(name="lfp", description="LFP.", data=data, electrodes=region, rate=10.0, **fields)
        )

    return edit


def plane(
    location: str = "VISp", excitation: float = 920.0, emission: float = 520.0, rois: int = 2, **of_masks: Any
) -> Edit:
    """There is an imaging plane with two ROIs and their responses."""

    def edit(nwbfile: NWBFile) -> None:
        device = nwbfile.create_device(name="microscope", description="A microscope.")
        channel = OpticalChannel(name="green", description="Green.", emission_lambda=emission)
        imaged = nwbfile.create_imaging_plane(
            name="plane", optical_channel=channel, description="A plane.", device=device,
            excitation_lambda=excitation, indicator="GCaMP6f", location=location, imaging_rate=10.0,
        )  # fmt: skip
        module = nwbfile.create_processing_module("ophys", "Imaging.")
        module.add(segmentation := ImageSegmentation())
        cells = segmentation.create_plane_segmentation(
            description="ROIs.", imaging_plane=imaged, name="cells", **of_masks
        )
        for corner in (0, 3):
            mask = np.zeros((8, 8))
            mask[corner : corner + 4, corner : corner + 4] = 1
            cells.add_roi(image_mask=mask)
        region = cells.create_roi_table_region("All.", region=[0, 1])
        data = np.random.default_rng(1).normal(size=(100, rois))
        module.add(
            RoiResponseSeries(name="dff", data=data, rois=region, unit="n.a.", rate=10.0, description="Responses.")
        )

    return edit


def row_that_is_not_there(nwbfile: NWBFile) -> None:
    """The rows of a response series are not all in its table."""
    plane()(nwbfile)
    nwbfile.processing["ophys"]["dff"].rois.data[1] = 9


def masks_of_another_size(nwbfile: NWBFile) -> None:
    """The masks are not as large as the images they were drawn on."""
    pixels = np.resize(NOISE, (20, 5, 5))
    drawn_on = ImageSeries(name="field", description="The field.", data=pixels, unit="n.a.", rate=10.0)
    nwbfile.add_acquisition(drawn_on)
    plane(reference_images=drawn_on)(nwbfile)


def units_without_spikes(nwbfile: NWBFile) -> None:
    """There is a table of units that says nothing of spikes."""
    nwbfile.add_unit_column("quality", "How good.")
    for quality in ("good", "better", "best"):
        nwbfile.add_unit(quality=quality)
    nwbfile.units.resolution = 1e-4


def pipette(**fields: Any) -> Edit:
    """There is an intracellular electrode."""

    def edit(nwbfile: NWBFile) -> None:
        device = nwbfile.create_device(name="amplifier", description="An amplifier.")
        told = {"name": "pipette", "description": "A pipette.", "location": "VISp", "cell_id": "c1", **fields}
        nwbfile.create_icephys_electrode(device=device, **told)

    return edit


def light_without_series(nwbfile: NWBFile) -> None:
    """There is an optogenetic site, and nothing of what it did."""
    device = nwbfile.create_device(name="laser", description="A laser.")
    nwbfile.create_ogen_site(
        name="site", device=device, description="A site.", excitation_lambda=600.0, location="VISp"
    )


def images(*order: int) -> Edit:
    """There are two images, listed in this order."""

    def edit(nwbfile: NWBFile) -> None:
        two = [
            GrayscaleImage(name=f"image {number}", data=NOISE.reshape(10, 10), description="An image.")
            for number in range(2)
        ]
        listed = ImageReferences(name="order_of_images", data=[two[number] for number in order])
        nwbfile.add_stimulus_template(Images(name="images", images=two, description="Images.", order_of_images=listed))

    return edit


def video(path: str, **fields: Any) -> Edit:
    """A video lies beside the file."""
    data = {
        "name": "video",
        "description": "A video.",
        "unit": "n.a.",
        "format": "external",
        "rate": 10.0,
        "num_samples": 5,
    }
    return lambda nwbfile: nwbfile.add_acquisition(ImageSeries(**data, external_file=[path], **fields))


DAY = 86_400.0
YEAR = 367 * DAY
#: Name of the check of NWB Inspector, and what it notices.
INSPECTOR: list[tuple[str, Edit]] = [
    ("check_subject_exists", of_session(subject=None)),
    ("check_session_start_time_future_date", of_session(session_start_time=datetime(2190, 1, 1, tzinfo=UTC))),
    ("check_session_start_time_old_date", of_session(session_start_time=datetime(1970, 1, 1, tzinfo=UTC))),
    ("check_session_id_no_slashes", of_session(session_id="s/0")),
    ("check_experiment_description", of_session(experiment_description=None)),
    ("check_experimenter_exists", of_session(experimenter=None)),
    ("check_experimenter_form", of_session(experimenter=("Jane Doe",))),
    ("check_institution", of_session(institution=None)),
    ("check_keywords", of_session(keywords=None)),
    ("check_doi_publications", of_session(related_publications=("A paper",))),
    ("check_empty_string_for_optional_attribute", of_session(notes="")),
    ("check_subject_id_exists", of_subject(subject_id=None)),
    ("check_subject_id_no_slashes", of_subject(subject_id="m/1")),
    ("check_subject_age", of_subject(age="90 days")),
    ("check_subject_proper_age_range", of_subject(age="P90D/P80D")),
    ("check_subject_sex", of_subject(sex="male")),
    ("check_subject_species_exists", of_subject(species=None)),
    ("check_subject_species_form", of_subject(species="mouse")),
    ("check_subject_weight", of_subject(weight="heavy")),
    ("check_description", of_subject(description=None)),
    ("check_rate_is_not_zero", acquire(rate=0.0)),
    ("check_rate_is_positive", alter(rate=-10.0)),
    ("check_rate_not_below_threshold", acquire(rate=0.001)),
    ("check_missing_unit", alter(unit="")),
    ("check_resolution", acquire(resolution=0.0)),
    ("check_data_orientation", acquire(data=NOISE.reshape(4, 25))),
    ("check_time_series_data_is_not_empty", acquire(data=np.empty(0))),
    ("check_time_series_duration", acquire(timestamps=np.append(np.sort(NOISE)[1:] + 9, YEAR))),
    ("check_regular_timestamps", acquire(timestamps=np.arange(100) / 10)),
    ("check_timestamps_ascending", acquire(timestamps=NOISE + 9)),
    ("check_timestamps_without_nans", acquire(timestamps=np.append(np.sort(NOISE)[1:] + 9, np.nan))),
    (
        "check_timestamps_match_first_dimension",
        alter(rate=None, starting_time=None, timestamps=np.sort(NOISE)[1:] + 9),
    ),
    ("check_timestamp_of_the_first_sample_is_not_negative", acquire(timestamps=np.sort(NOISE))),
    ("check_small_dataset_compression", acquire(data=np.zeros(7_000_000))),
    ("check_spatial_series_dims", position(data=NOISE.reshape(25, 4))),
    ("check_spatial_series_unit", position(unit="V")),
    ("check_spatial_series_radians_magnitude", position(unit="radians", data=NOISE * 100)),
    ("check_spatial_series_degrees_magnitude", position(unit="degrees", data=NOISE * 1000)),
    ("check_compass_direction_unit", heading),
    ("check_processing_module_name", lambda nwbfile: nwbfile.create_processing_module("things", "Things.")),
    ("check_ascending_spike_times", units([1.0, 3.0, 2.0], [1.5])),
    ("check_negative_spike_times", units([-1.0, 2.0], [1.5])),
    ("check_ids_unique", units([1.0], [1.5], ids=(0, 0))),
    ("check_units_resolution_is_set", units([1.0], [1.5], resolution=None)),
    ("check_units_resolution_is_valid", units([1.0], [1.5], resolution=100.0)),
    ("check_units_table_duration", units([1.0, YEAR], [1.5])),
    ("check_spike_times_not_in_unobserved_interval", units([1.0, 9.0], [1.5], each={"obs_intervals": [[0.0, 5.0]]})),
    ("check_spike_times_not_in_samples", units([1.0, 30_000.0, 60_000.0], [2.0])),
    ("check_time_interval_time_columns", intervals((3.0, 4.0), (1.0, 2.0))),
    ("check_time_intervals_stop_after_start", intervals((1.0, 2.0), (3.0, 2.5))),
    ("check_time_intervals_duration", intervals((1.0, 2.0), (3.0, YEAR))),
    ("check_time_intervals_start_time_not_constant", intervals((1.0, 2.0), (1.0, 3.0))),
    ("check_table_time_columns_are_not_negative", intervals((-1.0, 2.0), (3.0, 4.0))),
    ("check_single_row", table(depth=[1.5])),
    ("check_col_not_nan", table(depth=[np.nan, np.nan, np.nan])),
    ("check_column_binary_capability", table(state=[0.0, 1.0, 0.0])),
    ("check_table_values_for_dict", table(state=["{'a': 1}", "{'a': 2}", "{'a': 3}"])),
    ("check_electrical_series_dims", electrodes(NOISE.reshape(25, 4))),
    ("check_electrical_series_unscaled_data", electrodes(np.arange(100).reshape(50, 2))),
    ("check_electrodes_location_allen_ccf", electrodes(NOISE.reshape(50, 2), location="left")),
    ("check_imaging_plane_location_allen_ccf", plane(location="left")),
    ("check_excitation_lambda_in_nm", plane(excitation=0.92)),
    ("check_emission_lambda_in_nm", plane(emission=0.52)),
    ("check_roi_response_series_dims", plane(rois=3)),
    ("check_dynamic_table_region_data_validity", row_that_is_not_there),
    ("check_plane_segmentation_image_mask_shape_against_ref_images", masks_of_another_size),
    ("check_units_table_has_spikes", units_without_spikes),
    ("check_intracellular_electrode_cell_id_exists", pipette(cell_id=None)),
    ("check_intracellular_electrode_location_allen_ccf", pipette(location="left")),
    ("check_optogenetic_stimulus_site_has_optogenetic_series", light_without_series),
    ("check_order_of_images_unique", images(0, 0)),
    ("check_order_of_images_len", images(0)),
    ("check_image_series_external_file_valid", video("absent.avi")),
    ("check_image_series_external_file_relative", video("/absent.avi")),
]
