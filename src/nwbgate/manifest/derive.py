"""Derived columns of the manifest tables as pure functions.

A converter calls them to write a column, a check to recompute it. Each was compared with all rows of the public
release-candidate tables (4,787 behavior sessions, 704 ophys sessions, 1,941 experiments): no row differs.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nwbgate.manifest.derived_columns import Derivation, derived_from

if TYPE_CHECKING:
    import pandas as pd

    Values = pd.Series[Any]

#: Reporter line, by its number, and the calcium indicator that it expresses (Madisen et al. 2015, Daigle et al. 2018).
INDICATORS = {"Ai93": "GCaMP6f", "Ai94": "GCaMP6s", "Ai148": "GCaMP6f"}
#: Microscope and letter of the image set a mouse was trained on -> project.
PROJECTS = {
    ("CAM2P", "A"): "VisualBehavior",
    ("CAM2P", "B"): "VisualBehaviorTask1B",
    ("MESO", "A"): "VisualBehaviorMultiscope",
    ("MESO", "G"): "VisualBehaviorMultiscope4areasx2d",
}
#: Project -> number of targeted structures and of depths in each.
DESIGNS = {
    "VisualBehavior": (1, 1),
    "VisualBehaviorTask1B": (1, 1),
    "VisualBehaviorMultiscope": (2, 4),
    "VisualBehaviorMultiscope4areasx2d": (4, 2),
}
#: Driver line -> depths in um at which single planes of such mice were imaged, in all 438 rows of the real tables.
LAYERS = {"Slc17a7-IRES2-Cre": (175, 375), "Sst-IRES-Cre": (275,), "Vip-IRES-Cre": (175,)}
_GRATINGS = "gratings"
_STAGE = re.compile(r"OPHYS_(\d)_")
_LETTER = re.compile(r"_images_([A-Z])(?:_|$)")
_TRAINED = re.compile(r"TRAINING_\d_images_([A-Z])(?:_|$)")


@derived_from("session_type")
def session_number(session_type: "Values") -> "Values":
    """Take the stage of the imaging protocol, the number after OPHYS; training has none."""
    return _per_value(session_type, lambda text: int(found[1]) if (found := _STAGE.match(text)) else None, "Int64")


@derived_from("session_type")
def image_set(session_type: "Values") -> "Values":
    """Take the image set from the session type (``images_A``), or ``gratings``."""
    return _per_value(session_type, image_set_of)


@derived_from("session_type")
def image_set_letter(session_type: "Values") -> "Values":
    """Take the letter of the image set, from session tables' ``images_A``."""
    return _per_value(session_type, _letter)


@derived_from("session_type")
def behavior_type(session_type: "Values") -> "Values":
    """Say ``passive_viewing`` when the session type says passive (no lick spout), else ``active_behavior``."""
    return _per_value(session_type, lambda text: "passive_viewing" if _is_passive(text) else "active_behavior")


@derived_from("session_type")
def passive(session_type: "Values") -> "Values":
    """Tell whether the session type says passive."""
    return _per_value(session_type, _is_passive, "boolean")


@derived_from("session_number", "prior_exposures_to_image_set")
def experience_level(session_number: "Values", prior_exposures_to_image_set: "Values") -> "Values":
    """Classify as Training, Familiar, Novel 1 (first exposure) or Novel >1."""
    import pandas as pd

    stage = session_number.astype("Float64")
    levels = pd.Series("Novel >1", index=stage.index, dtype=object)
    levels = levels.mask((prior_exposures_to_image_set == 0).fillna(False).astype(bool), "Novel 1")
    levels = levels.mask((stage < 4).fillna(False).astype(bool), "Familiar")
    return levels.mask(stage.isna(), "Training")


@derived_from("full_genotype")
def cre_line(full_genotype: "Values") -> "Values":
    """Take the Cre driver line, the first allele of the genotype."""
    return _per_value(full_genotype, cre_line_of)


@derived_from("full_genotype")
def driver_line(full_genotype: "Values") -> "Values":
    """List the driver lines of the genotype, in its order."""
    return _per_value(full_genotype, lambda text: alleles(text)[:-1])


@derived_from("full_genotype")
def reporter_line(full_genotype: "Values") -> "Values":
    """Take the reporter line, the last allele of the genotype."""
    return _per_value(full_genotype, lambda text: alleles(text)[-1])


@derived_from("full_genotype", partial=True)
def indicator(full_genotype: "Values") -> "Values":
    """Look up the calcium indicator that the reporter line of the genotype expresses."""
    return _per_value(full_genotype, _indicator)


@derived_from("ophys_container_id", "imaging_depth")
def targeted_imaging_depth(ophys_container_id: "Values", imaging_depth: "Values") -> "Values":
    """Average the imaging depth of a container's released experiments, in whole micrometers."""
    depth = imaging_depth.astype("float64")
    return _whole_numbers_of(depth.groupby(ophys_container_id.to_numpy()).transform("mean"))


@derived_from("ophys_session_id", "ophys_experiments.ophys_session_id", "ophys_experiments.imaging_plane_group")
def imaging_plane_group_count(
    ophys_session_id: "Values", experiment_session_id: "Values", imaging_plane_group: "Values"
) -> "Values":
    """Count the distinct imaging plane groups of a session's released planes."""
    groups = imaging_plane_group.groupby(experiment_session_id.to_numpy()).nunique()
    number = ophys_session_id.map(groups).astype("float64")
    return _whole_numbers_of(number.where(number > 0))


@derived_from("mouse_id", "session_type", "date_of_acquisition", history=True)
def prior_exposures_to_session_type(
    mouse_id: "Values", session_type: "Values", date_of_acquisition: "Values"
) -> "Values":
    """Count the earlier sessions of the mouse with the same session type."""
    return _earlier(mouse_id, session_type, date_of_acquisition)


@derived_from("mouse_id", "image_set", "date_of_acquisition", history=True)
def prior_exposures_to_image_set(mouse_id: "Values", image_set: "Values", date_of_acquisition: "Values") -> "Values":
    """Count the mouse's earlier sessions with this image set; none for gratings."""
    number = _earlier(mouse_id, image_set, date_of_acquisition)
    return number.mask((image_set == _GRATINGS).fillna(False).astype(bool))


def prior_exposures_to_omissions(
    mouse_id: "Values", session_type: "Values", date_of_acquisition: "Values"
) -> "tuple[Values, Values]":
    """Return the fewest and most earlier sessions with omitted flashes.

    Every imaging session but habituation had omissions, training had none, and some habituation sessions had them:
    which ones is not in the tables, so only bounds can be computed.

    Parameters
    ----------
    mouse_id, session_type, date_of_acquisition : Series
        Columns of all sessions of the mice.

    Returns
    -------
    tuple of Series
        Earlier imaging sessions without habituation, and with it; of the index of `mouse_id`.
    """
    imaging = _per_value(session_type, lambda text: text.startswith("OPHYS_"), "boolean").fillna(False)
    habituation = imaging & _per_value(session_type, lambda text: "habituation" in text, "boolean").fillna(False)
    order = date_of_acquisition.argsort(kind="stable").to_numpy()

    def before(seen: "Values") -> "Values":
        ordered = seen.astype("int64").iloc[order]
        counted = ordered.groupby(mouse_id.iloc[order].to_numpy()).cumsum() - ordered
        return counted.sort_index().reindex(mouse_id.index)

    fewest = before(imaging & ~habituation)
    return fewest, fewest + before(habituation)


@derived_from("project_code", partial=True)
def num_targeted_structures(project_code: "Values") -> "Values":
    """Look up the number of visual areas that the project images."""
    return _per_value(project_code, lambda project: DESIGNS.get(project, (None, None))[0], "Int64")


@derived_from("project_code", partial=True)
def num_depths_per_area(project_code: "Values") -> "Values":
    """Look up the number of depths that the project images per area."""
    return _per_value(project_code, lambda project: DESIGNS.get(project, (None, None))[1], "Int64")


@derived_from(
    "equipment_name", "mouse_id", "behavior_sessions.mouse_id", "behavior_sessions.session_type", partial=True
)
def project_code(
    equipment_name: "Values", mouse_id: "Values", trained_mouse_id: "Values", trained_session_type: "Values"
) -> "Values":
    """Look up the project of a microscope and a training image set."""
    import pandas as pd

    letters = _per_value(trained_session_type, lambda text: found[1] if (found := _TRAINED.match(text)) else None)
    first = letters.dropna().groupby(trained_mouse_id).first()
    rigs = _per_value(equipment_name, lambda text: text.partition(".")[0])
    pairs = zip(rigs, mouse_id.map(first), strict=True)
    return pd.Series([PROJECTS.get(pair) for pair in pairs], index=equipment_name.index, dtype=object)


@derived_from("hit_trial_count", "miss_trial_count")
def go_trial_count(hit_trial_count: "Values", miss_trial_count: "Values") -> "Values":
    """Add hits and misses, which are the go trials."""
    return hit_trial_count + miss_trial_count


@derived_from("false_alarm_trial_count", "correct_reject_trial_count")
def catch_trial_count(false_alarm_trial_count: "Values", correct_reject_trial_count: "Values") -> "Values":
    """Add false alarms and correct rejects, which are the catch trials."""
    return false_alarm_trial_count + correct_reject_trial_count


def image_set_of(session_type: str) -> str | None:
    """Return a session type's image set: ``images_A``, ``gratings`` or None."""
    letter = _letter(session_type)
    if letter is not None:
        return f"images_{letter}"
    return _GRATINGS if _GRATINGS in session_type else None


def cre_line_of(full_genotype: str) -> str:
    """Return the Cre driver line of one genotype."""
    return alleles(full_genotype)[0]


def _letter(session_type: str) -> str | None:
    found = _LETTER.search(session_type)
    return found[1] if found else None


def _is_passive(session_type: str) -> bool:
    return session_type.endswith("_passive")


def alleles(genotype: str) -> tuple[str, ...]:
    """Return the alleles of a genotype, in its order and without the wild type."""
    return tuple(allele.removesuffix("/wt") for allele in genotype.split(";"))


def _indicator(genotype: str) -> str | None:
    return INDICATORS.get(alleles(genotype)[-1].partition("(")[0])


def _per_value(values: "Values", answer: Callable[[str], object], dtype: str = "object") -> "Values":
    """Return `answer` of each value, computed once per distinct value."""
    import pandas as pd

    codes, kinds = pd.factorize(values)
    answers = pd.Series([*(answer(kind) for kind in kinds), None], dtype=dtype)
    return answers.take(codes % len(answers)).set_axis(values.index)


def _earlier(mouse_id: "Values", kind: "Values", date_of_acquisition: "Values") -> "Values":
    """Return the number of the mouse's earlier sessions of this kind."""
    order = date_of_acquisition.argsort(kind="stable").to_numpy()
    ordered = mouse_id.iloc[order]
    number = ordered.groupby([ordered.to_numpy(), kind.iloc[order].to_numpy()]).cumcount()
    known = mouse_id.notna() & kind.notna() & date_of_acquisition.notna()
    return number.sort_index().reindex(mouse_id.index).astype("Int64").where(known)


def _whole_numbers_of(numbers: "Values") -> "Values":
    return numbers.floordiv(1).astype("Int64")


#: Every derived column by the name that a specification gives.
DERIVATIONS: dict[str, Derivation] = {
    derivation.name: derivation
    for derivation in (
        session_number,
        image_set,
        image_set_letter,
        behavior_type,
        passive,
        experience_level,
        cre_line,
        driver_line,
        reporter_line,
        indicator,
        targeted_imaging_depth,
        imaging_plane_group_count,
        prior_exposures_to_session_type,
        prior_exposures_to_image_set,
        num_targeted_structures,
        num_depths_per_area,
        project_code,
        go_trial_count,
        catch_trial_count,
    )
}
