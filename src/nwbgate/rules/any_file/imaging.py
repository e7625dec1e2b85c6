"""Rules about movies, and about masks beside the movie of their plane."""

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows


@check(scope="session", severity="warning", column="image_width", needs=["masks.mask_has_pixels"])
def mask_has_the_size_of_the_movie(masks: "pd.DataFrame", movies: "pd.DataFrame") -> "Rows":
    """A mask image has the size of the frames of a movie of its plane, and pixels of a mask lie within them.

    Why: the mask is laid over the movie; of another size, it was drawn on another movie, or on one that was cropped.
    Rows and columns may be exchanged.

    Example: masks of 512 x 512 pixels in a plane whose movie has 796 x 512.

    Fix: link the plane that was segmented; say in its description how the movie was cropped.
    """
    sizes = {
        plane: {*zip(rows["one_side"], rows["other_side"], strict=True)} for plane, rows in movies.groupby("plane")
    }
    wrong = np.zeros(len(masks), dtype=bool)
    sides = [(numbers(masks[f"image_{side}"]), numbers(masks[end])) for side, end in _SIDES]
    for row, plane in enumerate(masks["plane"]):
        image, reach = ([side[number][row] for side in sides] for number in (0, 1))
        if plane in sizes and not np.isnan(image).any():
            wrong[row] = (min(image), max(image)) not in sizes[plane]
        elif plane in sizes and not np.isnan(reach).any():
            wrong[row] = not any(min(reach) < one and max(reach) < other for one, other in sizes[plane])
    expected = [
        " or ".join(f"{other} x {one}" for one, other in sorted(sizes.get(plane, ()))) for plane in masks["plane"]
    ]
    return offending(
        masks, wrong, "a mask of {image_width} x {image_height} pixels", lambda: as_column(masks, expected)
    )


#: Sides of a mask image, and how far its pixels reach along each.
_SIDES = (("width", "right"), ("height", "bottom"))

#: Share of a recording by which starts and ends of its series may differ.
_APART = 0.02
#: Share of the frames looked at that may be blank, as while a shutter is closed, or equal to the next one.
_FEW = 0.2


@check(scope="session", severity="warning", column="n_blank")
def frames_have_an_image(movies: "pd.DataFrame") -> "Rows":
    """Most frames of a movie are not of one value.

    Why: frames that were announced and never written are 0; those of a camera at its limit are all the largest number.
    Only a warning: a shutter may be closed for a while.

    Example: 8 of 16 frames, spread over the movie, are 0 in all pixels.

    Fix: write the frames again from the source, or leave out those that were not recorded.
    """
    wrong = numbers(movies["n_blank"]) > _FEW * numbers(movies["n_looked_at"])
    return offending(movies, wrong, "{n_blank} of {n_looked_at} frames with one value in all pixels", "images")


@check(scope="session", severity="warning", column="n_doubled")
def frames_are_recorded_once(movies: "pd.DataFrame") -> "Rows":
    """Few frames of a movie are equal to the next one, pixel by pixel.

    Why: each frame counts its own photons; an equal one was copied, and the time base is wrong by that factor.

    Example: 16 of 16 frames are equal to the next one: a movie of 15 Hz was written as one of 30 Hz.

    Fix: write each frame once, with the rate or the times at which they were recorded.
    """
    wrong = numbers(movies["n_doubled"]) > _FEW * numbers(movies["n_looked_at"])
    return offending(movies, wrong, "{n_doubled} of {n_looked_at} frames are equal to the next one", "none")


@check(scope="session", severity="warning", column="n_not_finite")
def mask_weights_are_numbers(masks: "pd.DataFrame") -> "Rows":
    """No pixel of a mask image is NaN or infinite.

    Why: the trace of a mask is a weighted sum of pixels, which one NaN makes NaN, and NaN counts as a pixel of the ROI.

    Example: all pixels outside of the ROI are NaN.

    Fix: write 0 where the mask has no weight.
    """
    wrong = numbers(masks["n_not_finite"]) > 0
    return offending(masks, wrong, "{n_not_finite} pixels without a finite weight", "0 outside of the mask")


@check(
    scope="session",
    severity="warning",
    column="clock",
    needs=["clocks.timestamps_increase", "clocks.clock_is_of_the_session", "nwb_planes.imaging_rate_is_measured"],
    where={"series.plane": []},
)
def series_of_a_plane_have_one_clock(
    series: "pd.DataFrame", clocks: "pd.DataFrame", movies: "pd.DataFrame | None" = None
) -> "Rows":
    """Movie and traces of a plane that are as long have one clock.

    Why: a sample of each trace is one frame; with two rates or starts, events are dated by the series that is read.
    Series that the described layouts have are judged by rules of their own.

    Example: dF/F at 30 Hz and fluorescence at 15 Hz, 1800 samples each.

    Fix: write the rate or the timestamps of the frames in each.
    """
    of_movies = {} if movies is None else dict(zip(movies["path"], movies["plane"], strict=True))
    planes = series["plane"].where(series["plane"].notna(), series["path"].map(of_movies))
    judged = (planes.notna() & series["table"].isna()).to_numpy() & (numbers(series["n_samples"]) > 1)
    keys = [f"{plane} {n}" if own else "" for plane, n, own in zip(planes, series["n_samples"], judged, strict=True)]
    if max(Counter(filter(None, keys)).values(), default=0) < 2:
        return None
    times = clocks.drop_duplicates("clock").set_index("clock").reindex(series["clock"])
    first, last = numbers(times["first"]), numbers(times["last"])
    wrong, expected = np.zeros(len(series), dtype=bool), [""] * len(series)
    leads: dict[str, int] = {}
    for row, key in enumerate(keys):
        lead = leads.setdefault(key, row)
        apart = abs(first[row] - first[lead]) + abs(last[row] - last[lead])
        wrong[row] = key != "" and apart > _APART * (last[lead] - first[lead])
        expected[row] = f"{first[lead]:.3f} to {last[lead]:.3f} s, as of {series['path'].iloc[lead]}"
    words = [f"{begin:.3f} to {end:.3f} s" for begin, end in zip(first, last, strict=True)]
    return offending(series, wrong, lambda: as_column(series, words), lambda: as_column(series, expected))


@check(scope="session", severity="warning", column="cell_roi_id", needs=["series_rois.roi_has_one_column"])
def traces_have_one_order(series_rois: "pd.DataFrame") -> "Rows":
    """Series of the same ROIs of a plane have them in one order.

    Why: columns of dF/F and fluorescence are compared by their number. Another order is allowed; beside a series in
    the order of the table, it more often is a region that was shuffled while the data were not.

    Example: fluorescence of ROIs 0, 1, 2 and dF/F of ROIs 2, 1, 0.

    Fix: see that each column has the trace of the ROI that rois names; write all in one order.
    """
    if series_rois["path"].nunique() < 2:
        return None
    free = series_rois[series_rois["table"].isna()].dropna(subset="cell_roi_id")
    orders = {path: (rows["plane"].iloc[0], tuple(rows["cell_roi_id"])) for path, rows in free.groupby("path")}
    stored = {*orders.values()}
    odd = {
        path
        for path, (plane, rois) in orders.items()
        if rois != tuple(sorted(rois)) and (plane, tuple(sorted(rois))) in stored
    }
    wrong = series_rois["path"].isin(odd).to_numpy() & ~series_rois.duplicated("path").to_numpy()
    return offending(series_rois, wrong, "ROIs of {plane} in another order", "the order of the other series")


RULES: tuple[Rule, ...] = (
    mask_has_the_size_of_the_movie,
    frames_have_an_image,
    frames_are_recorded_once,
    mask_weights_are_numbers,
    series_of_a_plane_have_one_clock,
    traces_have_one_order,
)
