"""Rules about the places of the parts of a rig among each other."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rig import distance
from nwbgate.rules.sessions.rows import as_column, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows


@check(
    scope="session",
    severity="warning",
    column="camera_position_mm",
    needs=[
        "eye_tracking_rig_geometry.monitor_is_near_the_eye",
        "eye_tracking_rig_geometry.camera_is_near_the_eye",
        "eye_tracking_rig_geometry.parts_are_apart",
        "eye_tracking_rig_geometry.geometry_is_of_the_rig",
    ],
)
def parts_are_in_their_order(eye_tracking_rig_geometry: "pd.DataFrame") -> "Rows":
    """The camera is nearer to the eye than the monitor, and the monitor nearer than the lamp.

    Why: on the rigs of the dataset they are about 130, 150 and 270 mm away; two that have changed places give another
    gaze and another size of the pupil. Only a warning: another rig may be built otherwise.

    Example: the camera at 150 mm and the monitor at 131 mm.

    Fix: give each part its own position, from the file of the rig.
    """
    rows = eye_tracking_rig_geometry
    camera, monitor, lamp = (
        np.array([distance(place) for place in rows[name]])
        for name in ("camera_position_mm", "monitor_position_mm", "led_position")
    )
    with np.errstate(invalid="ignore"):
        wrong = (camera >= monitor) | (monitor >= lamp)
    words = [
        f"camera {one:.4g}, monitor {two:.4g}, lamp {three:.4g} mm"
        for one, two, three in zip(camera, monitor, lamp, strict=True)
    ]
    return offending(rows, wrong, lambda: as_column(rows, words), "camera, monitor, lamp in this order")


RULES: tuple[Rule, ...] = (parts_are_in_their_order,)
