"""Rules about the novelty of images."""

import re
from typing import TYPE_CHECKING

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, offending, omissions, surely

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Session types of the imaging sessions with the images of training.
_TRAINED = re.compile(r"OPHYS_[0-3]_images_")


@check(scope="session", column="is_image_novel", needs=["stimulus_presentations.is_change_follows_images"])
def novelty_is_of_the_image(stimulus_presentations: "pd.DataFrame") -> "Rows":
    """An image is novel in all of its flashes, or in none.

    Why: novelty is a property of the image for this mouse; a flash that says otherwise is counted with other images.

    Example: one of 600 flashes of im065 is said to be novel.

    Fix: recompute is_image_novel from the images of earlier sessions.
    """
    frame, flag = stimulus_presentations, stimulus_presentations["is_image_novel"]
    usual = frame.assign(novel=surely(flag)).groupby("image_name")["novel"].transform("mean").fillna(0) > 0.5
    known = frame["image_name"].notna().to_numpy() & flag.notna().to_numpy() & ~omissions(frame)
    wrong = known & (surely(flag) != usual.to_numpy(dtype=bool))
    got = "{is_image_novel} for {image_name} at {start_time:.3f} s"
    return offending(frame, wrong, got, lambda: as_column(frame, usual.to_numpy(dtype=bool)))


@check(
    severity="warning",
    scope="session",
    column="is_image_novel",
    needs=["stimulus_presentations.novelty_is_of_the_image", "session.session_type_is_one"],
)
def trained_images_are_familiar(stimulus_presentations: "pd.DataFrame", session: "pd.DataFrame") -> "Rows":
    """Images of the imaging sessions 0 to 3 are not novel.

    Why: these sessions show the images that the mouse was trained with.

    Example: im065 is said to be novel in a session of type OPHYS_1_images_A.

    Fix: recompute is_image_novel from the images of earlier sessions, or correct the session type.
    """
    types = session["session_type"].dropna().astype(str)
    if types.empty or not _TRAINED.match(types.iloc[0]):
        return None
    wrong = surely(stimulus_presentations["is_image_novel"])
    got = f"{{image_name}} novel at {{start_time:.3f}} s in {types.iloc[0]}"
    return offending(stimulus_presentations, wrong, got, "a familiar image")


RULES: tuple[Rule, ...] = (novelty_is_of_the_image, trained_images_are_familiar)
