"""Rules about videos in other files, and about light for stimulation."""

from typing import TYPE_CHECKING

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Shortest and longest wavelength in nanometers of light for stimulation; 0 stands for light that is not known.
_SHORTEST, _LONGEST = 200.0, 2000.0


@check(scope="session", severity="warning", column="n_repeated")
def video_is_listed_once(videos: "pd.DataFrame") -> "Rows":
    """No series lists a video twice.

    Why: the parts of a video follow each other; one that is listed twice shows its frames at two times, and another one
    is missing.

    Example: external_file is part_1.avi, part_1.avi.

    Fix: list each part once, in the order in which they were recorded.
    """
    wrong = numbers(videos["n_repeated"]) > 0
    return offending(videos, wrong, "{n_repeated} of {n_files} files listed before", "each file once")


@check(scope="session", severity="warning", column="n_backward", where={"videos.n_starts": ()})
def parts_follow_each_other(videos: "pd.DataFrame") -> "Rows":
    """Starting frames of the parts of a video increase.

    Why: starting_frame says which frame of the series a part begins with; from it readers find the file of a time.

    Example: starting_frame 900, 0 of two parts.

    Fix: list the parts in the order in which they were recorded, each with the number of frames before it.
    """
    wrong = numbers(videos["n_backward"]) > 0
    return offending(videos, wrong, "{n_backward} of {n_starts:.0f} not after the one before", "increasing frames")


@check(scope="session", severity="warning", column="wavelength")
def light_is_in_nanometers(light_sources: "pd.DataFrame") -> "Rows":
    """Wavelengths of light for stimulation are in nanometers.

    Why: the schema fixes nanometers; opsins are told apart by them.

    Example: 4.73e-07, which is meters.

    Fix: write 473 for blue light.
    """
    wavelength = numbers(light_sources["wavelength"])
    wrong = (wavelength != 0) & ((wavelength < _SHORTEST) | (wavelength > _LONGEST))
    return offending(light_sources, wrong, "{wavelength:g} nm", f"{_SHORTEST:g} to {_LONGEST:g} nm")


RULES: tuple[Rule, ...] = (video_is_listed_once, parts_follow_each_other, light_is_in_nanometers)
