"""Facts that several raw sources of a rig session tell, from `source_comparisons.yaml`."""

from functools import cache
from importlib.resources import files

from nwbgate.yaml_file import parse_yaml

_FILE = "source_comparisons.yaml"


@cache
def facts_told_twice(about: str) -> dict[str, str]:
    """Return the sources that tell each fact, by the comparison's name.

    Parameters
    ----------
    about : {"session", "content"}
        Which facts: whose a source is, or what happened.
    """
    path = files("nwbgate.schemas") / _FILE
    told: dict[str, dict[str, str]] = parse_yaml(path.read_text(encoding="utf-8"), _FILE)
    return told[about]
