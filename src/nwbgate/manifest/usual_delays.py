"""Usual monitor delay of each rig, from `monitor_delays.yaml`."""

from functools import cache
from importlib.resources import files

from nwbgate.yaml_file import parse_yaml

_FILE = "monitor_delays.yaml"
#: Entry of all behavior boxes, which have no photodiode.
_BEHAVIOR_BOX = "BEH"


@cache
def usual_delays() -> dict[str, float]:
    """Return the usual delays in seconds, by the beginning of a rig's name."""
    path = files("nwbgate.schemas") / _FILE
    delays: dict[str, float] = parse_yaml(path.read_text(encoding="utf-8"), _FILE)["delays"]
    return delays


def behavior_box_delay() -> float:
    """Return the delay in seconds of sessions without a sync file."""
    return usual_delays()[_BEHAVIOR_BOX]
