from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure

from nwbgate.errors import UsageError
from nwbgate.plots.max_projection import plot_max_projection
from support.drawn import plane, session


def container(available):
    planes = {1: plane(), 2: plane(session_type="OPHYS_3_images_A", date_of_acquisition=None), 3: None}
    return SimpleNamespace(planes=planes, available=available)


def test_each_plane_is_an_image_with_its_name_date_and_session_type():
    drawn = plot_max_projection(session().planes)
    assert len(drawn) == 2
    np.testing.assert_array_equal(drawn[0].images[0].get_array(), plane().max_projection)
    assert drawn[0].get_title() == "VISp_175  951980471\n2019-09-20\nOPHYS_1_images_A"


def test_a_container_gives_the_planes_whose_file_is_here_in_order():
    drawn = plot_max_projection(container((1, 2)))
    assert [each.get_title().splitlines()[-1] for each in drawn] == ["OPHYS_1_images_A", "OPHYS_3_images_A"]
    assert drawn[1].get_title().splitlines()[1] == "OPHYS_3_images_A"


def test_one_plane_or_a_list_of_planes_will_do():
    assert len(plot_max_projection(plane())) == 1
    assert len(plot_max_projection([plane()] * 3)) == 3


def test_the_scale_bar_is_as_long_as_it_says():
    axes = plot_max_projection(plane())[0]
    assert axes.texts[0].get_text() == "20 µm"
    assert np.ptp(axes.get_lines()[0].get_xdata()) == pytest.approx(20 / 0.78)


def test_pixels_of_unknown_size_have_no_scale_bar():
    unknown, tiny = plane(), plane()
    unknown.max_projection.spacing = None
    tiny.max_projection.spacing = (1e-5, 1e-5)
    for axes in plot_max_projection([unknown, tiny]):
        assert not axes.texts


def test_given_axes_are_drawn_on_and_must_be_as_many():
    given = Figure().subplots(1, 2)
    assert plot_max_projection(session().planes, axes=given) == list(given)
    with pytest.raises(UsageError, match="expected: 3 axes"):
        plot_max_projection([plane()] * 3, axes=given)


def test_no_plane_is_refused():
    for nothing in (container(()), [], {}):
        with pytest.raises(UsageError, match="no plane to draw"):
            plot_max_projection(nothing)
