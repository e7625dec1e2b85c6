"""The order of camera, monitor and lamp on a rig."""

import pandas as pd
import pytest

from nwbgate.rules.sessions.geometry import parts_are_in_their_order

CAMERA, MONITOR, LAMP = [102.8, 74.7, 31.6], [118.6, 86.2, 31.6], [246.0, 92.3, 52.6]


@pytest.mark.parametrize(
    ("camera", "monitor", "lamp", "wrong"),
    [
        (CAMERA, MONITOR, LAMP, False),
        (None, MONITOR, LAMP, False),
        (MONITOR, CAMERA, LAMP, True),
        (CAMERA, LAMP, MONITOR, True),
        (LAMP, MONITOR, CAMERA, True),
    ],
)
def test_parts_in_each_others_place(camera, monitor, lamp, wrong):
    places = {"camera_position_mm": camera, "monitor_position_mm": monitor, "led_position": lamp}
    found = parts_are_in_their_order.function(pd.DataFrame([places]))
    assert (found is not None) == wrong
