"""Rules about stimulus images: templates, their two versions, and the series of those shown."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.offsets import ROUNDING
from nwbgate.rules.sessions.rows import Times, as_column, numbers, offending, omissions, plain_names

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

Indices = npt.NDArray[np.intp]

#: Correlation with another image from which an unwarped image is surely that one, and by how much it must exceed that
#: with its own. Images of one set correlate less than 0.3, both versions of one image about 1.
_ANOTHER, _MORE = 0.5, 0.3
#: Correlation below which an image is its own negative: its middle is as it was drawn.
_NEGATIVE = -0.5
#: Highest value of an image on a scale up to 1, and of one that is surely on a scale up to 255.
_ONE, _BYTES = 1.5, 15.0


@check(scope="session", column="highest")
def template_is_not_empty(template_images: "pd.DataFrame") -> "Rows":
    """No template is of one value.

    Why: an image of one value shows nothing; it was never filled. Omitted flashes have no template.

    Example: all pixels of im065 are 0.

    Fix: take the image from the image set of the session.
    """
    empty = ~(numbers(template_images["highest"]) > numbers(template_images["lowest"]))
    return offending(template_images, empty, "{version} {image_name} all {highest}", "an image")


@check(scope="session", column="digest", needs=["template_images.template_is_not_empty"])
def templates_differ(template_images: "pd.DataFrame") -> "Rows":
    """No two templates of a session are one image.

    Why: images are told apart by name; where two names have the same pixels, one of both is wrong.

    Example: im061 and im065 are equal, pixel by pixel.

    Fix: take the image from the image set of the session.
    """
    key = ["path", "version", "digest"]
    known = template_images.dropna(subset=[*key, "image_name"])
    alike = known.groupby(key)["image_name"]
    wrong = template_images.index.isin(known.index[(alike.transform("size") > 1).to_numpy(dtype=bool)])
    got = "one " + known["version"].astype(str) + " image for " + alike.transform(", ".join).astype(str)
    return offending(template_images, wrong, got.reindex(template_images.index), "an image of its own for each")


@check(
    scope="session",
    column="own",
    needs=["template_images.templates_differ"],
    where={"template_images.version": ["unwarped"]},
)
def versions_show_one_image(template_images: "pd.DataFrame") -> "Rows":
    """The warped and the unwarped version of a template show one image.

    Why: both have one name; warping bends the image for its distance from the eye and leaves its middle as it was.

    Example: the unwarped im065 correlates 0.10 with the warped one, and 1.00 with the warped im061.

    Fix: put both versions in the order of their names.
    """
    own, best = numbers(template_images["own"]), numbers(template_images["best"])
    with np.errstate(invalid="ignore"):
        wrong = ((best > _ANOTHER) & (best > own + _MORE)) | (own < _NEGATIVE)
    got = "the unwarped {image_name} correlates {own:.2f} with its own warped image, {best:.2f} with {best_image_name}"
    return offending(template_images, wrong, got, "two versions of one image")


@check(scope="session", column="highest", needs=["template_images.versions_show_one_image"])
def versions_have_one_scale(template_images: "pd.DataFrame") -> "Rows":
    """The warped and the unwarped version of a template have one scale of gray.

    Why: both are gray values from 0 to 255; scaled to 1, one of them is shown black, and contrasts are not comparable.

    Example: the unwarped im065 is 0.98 at most, and the warped one 251.

    Fix: multiply the version that was scaled by 255.
    """
    highest = numbers(template_images["highest"])
    most = template_images.assign(highest=highest).groupby(["path", "image_name"])["highest"].transform("max")
    with np.errstate(invalid="ignore"):
        wrong = (highest <= _ONE) & (numbers(most) > _BYTES)
    return offending(template_images, wrong, "{version} {image_name} up to {highest:.3g}", "gray values from 0 to 255")


@check(
    scope="session",
    column="image_name",
    needs=[
        "stimulus_presentations.start_is_at_its_frame",
        "stimulus_presentations.delay_is_of_the_rig",
        "stimulus_presentations.index_is_of_the_image",
        "stimulus_presentations.cadence_is_of_the_task",
        "trials.change_image_is_shown",
    ],
)
def shown_is_presented(shown_images: "pd.DataFrame", stimulus_presentations: "pd.DataFrame") -> "Rows":
    """Every image of an IndexSeries begins a presentation of that image.

    Why: the series and the table of presentations tell one thing twice, and other programs read the series.

    Example: im077 is shown at 314.583 s, where the presentation has im065.

    Fix: make the series again from start_time and image_index of the presentations.
    """
    frame = stimulus_presentations[stimulus_presentations["image_name"].notna() & ~omissions(stimulus_presentations)]
    frame = frame.sort_values("start_time", kind="stable")
    names, starts = plain_names(frame["image_name"]).to_numpy(dtype=object), numbers(frame["start_time"])
    if not len(starts):
        return None
    near = _nearest(numbers(shown_images["start_time"]), starts)
    away = np.abs(numbers(shown_images["start_time"]) - starts[near])
    told = plain_names(shown_images["image_name"]).to_numpy(dtype=object)
    wrong = ~(away < ROUNDING) | (told != names[near])
    words = [f"{name} at {start:.3f} s" for name, start in zip(names[near], starts[near], strict=True)]
    n_wrong = f" ({wrong.sum()} of {len(wrong)} rows)"
    return offending(
        shown_images,
        wrong,
        "{image_name} at {start_time:.3f} s" + n_wrong,
        lambda: as_column(shown_images, words),
    )


def _nearest(times: Times, starts: Times) -> Indices:
    """Return the place of the nearest start."""
    after = np.searchsorted(starts, times).clip(max=len(starts) - 1)
    before = (after - 1).clip(min=0)
    nearest: Indices = np.where(np.abs(starts[before] - times) < np.abs(starts[after] - times), before, after)
    return nearest


@check(scope="session", column="image_name", needs=["shown_images.shown_is_presented"])
def presented_is_shown(stimulus_presentations: "pd.DataFrame", shown_images: "pd.DataFrame") -> "Rows":
    """Every presentation of an image that is not omitted is in the IndexSeries.

    Why: the series and the table of presentations tell one thing twice, and other programs read the series.

    Example: 4,630 flashes of an image, 4,629 rows of the series; none at 314.583 s.

    Fix: make the series again from start_time and image_index of the presentations.
    """
    if shown_images.empty:
        return None
    frame = stimulus_presentations
    of_series = plain_names(frame["image_name"]).isin(plain_names(shown_images["image_name"].dropna()))
    times, starts = np.sort(numbers(shown_images["start_time"])), numbers(frame["start_time"])
    away = np.abs(times[_nearest(starts, times)] - starts)
    wrong = of_series.to_numpy() & ~omissions(frame) & ~(away < ROUNDING)
    return offending(frame, wrong, "no row for {image_name} at {start_time:.3f} s", "a row for each flash of an image")


RULES: tuple[Rule, ...] = (
    template_is_not_empty,
    templates_differ,
    versions_show_one_image,
    versions_have_one_scale,
    shown_is_presented,
    presented_is_shown,
)
