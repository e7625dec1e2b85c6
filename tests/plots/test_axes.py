import subprocess
import sys

import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from nwbgate.errors import UsageError
from nwbgate.plots.axes import as_axes_list, drawn_on, panels
from support.drawn import session


def test_new_axes_are_of_the_asked_size_and_known_to_pyplot():
    axes = drawn_on(None, (7, 3))
    assert axes.figure.get_size_inches().tolist() == [7, 3]
    assert plt.gcf() is axes.figure


def test_given_axes_are_used_and_pyplot_is_left_alone():
    axes = Figure().subplots()
    assert drawn_on(axes, (7, 3)) is axes
    assert plt.get_fignums() == []


@pytest.mark.parametrize("wrong", [session(), Figure(), "axes", 3])
def test_what_is_no_axes_is_refused(wrong):
    with pytest.raises(UsageError, match="cannot draw on this object"):
        drawn_on(wrong, (7, 3))


def test_panels_share_their_time_axis_whether_made_or_given():
    for drawn in (panels(None, 3, (7, 5), heights=(1, 2, 1)), panels(Figure().subplots(3, 1), 3, (7, 5))):
        drawn[0].set_xlim(3, 4)
        assert [each.get_xlim() for each in drawn] == [(3, 4)] * 3


def test_panels_that_share_already_are_taken_as_they_are():
    given = Figure().subplots(2, 1, sharex=True)
    assert panels(given, 2, (7, 5)) == list(given)


def test_another_number_of_panels_is_refused():
    with pytest.raises(UsageError, match=r"got: 2 axes\n  expected: 3 axes"):
        as_axes_list(Figure().subplots(2, 1), 3)
    with pytest.raises(UsageError, match="1 axes"):
        panels(Figure().subplots(), 3, (7, 5))


def test_matplotlib_is_imported_when_something_is_drawn_and_not_before():
    code = "import sys, nwbgate.plots; assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_matplotlib_the_extra_is_named():
    code = """
import sys
sys.modules["matplotlib"] = None
sys.modules["matplotlib.pyplot"] = None
from nwbgate.errors import MissingExtraError
from nwbgate.plots.axes import drawn_on
try:
    drawn_on(None, (1, 1))
except MissingExtraError as error:
    assert "nwbgate[plot]" in str(error), error
else:
    raise SystemExit("drew without matplotlib")
"""
    subprocess.run([sys.executable, "-c", code], check=True)
