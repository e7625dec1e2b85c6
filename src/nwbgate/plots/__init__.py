"""Common plots on matplotlib axes, given or new (extra ``plot``)."""

from nwbgate.plots.aligned import plot_aligned
from nwbgate.plots.average_dff import plot_average_dff
from nwbgate.plots.behavior_summary import plot_behavior_summary
from nwbgate.plots.learning import plot_learning
from nwbgate.plots.max_projection import plot_max_projection
from nwbgate.plots.recording import plot_recording
from nwbgate.plots.traces import plot_traces
from nwbgate.plots.trial_raster import plot_trial_raster

__all__ = [
    "plot_aligned",
    "plot_average_dff",
    "plot_behavior_summary",
    "plot_learning",
    "plot_max_projection",
    "plot_recording",
    "plot_traces",
    "plot_trial_raster",
]


def __dir__() -> list[str]:
    """List the functions alone, without the modules that they are written in."""
    return __all__
