"""Stimulus images as shown by the monitor and as seen by the mouse."""

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from neuroconv.tools.hdmf import SliceableDataChunkIterator
from pynwb import NWBFile

from nwbgate.algorithms.screen_warp import COLUMNS, ROWS, unwarp_image, warp_image
from nwbgate.errors import SourceWarning
from nwbgate.interfaces.clock import FloatArray
from nwbgate.interfaces.visual_behavior.stimulus.templates import add_image_presentations, images_in_order
from nwbgate.interfaces.visual_behavior.texts import description
from nwbgate.interfaces.visual_behavior_rig.behavior.behavior_interface import BehaviorInterface

#: Name of each container of images: what makes its images from those of the set, and their type.
_SETS: dict[str, tuple[Callable[[npt.NDArray[np.uint8]], npt.NDArray[Any]], type[np.generic]]] = {
    "stimulus_images": (warp_image, np.uint8),
    "stimulus_images_unwarped": (unwarp_image, np.float64),
}


class StimulusTemplatesInterface(BehaviorInterface):
    """Stimulus images: warped (uint8) and unwarped (float64, NaN outside the mask).

    Adds the `Images` ``stimulus_images`` and ``stimulus_images_unwarped`` to the stimulus templates, and to the
    presented stimuli the `IndexSeries` ``stimulus_image_presentations``, which image was shown when (s). Images are
    made when the file is written, one by one. Needs the folder of image sets; gratings have no templates.
    """

    display_name = "Visual Behavior rig stimulus templates"
    keywords = ("stimulus", "images")
    info = "Interface for the stimulus images of a session of a Visual Behavior rig."

    def get_original_timestamps(self) -> FloatArray:
        """Return the onsets of all flashes that were not omitted, in seconds, shape (n,)."""
        return self._shown_images()[0]

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        images = self.session.image_set
        if images is None:
            self._warn()
            return
        sets = {
            name: images_in_order(
                name,
                description(metadata, name),
                {image: _Template(pixels, make, dtype).iterator() for image, pixels in images.images.items()},
            )
            for name, (make, dtype) in _SETS.items()
        }
        for container in sets.values():
            nwbfile.add_stimulus_template(container)
        times, indices = self._shown_images()
        add_image_presentations(nwbfile, metadata, sets["stimulus_images"], indices, self.aligned(times))

    def _shown_images(self) -> tuple[FloatArray, npt.NDArray[np.uint32]]:
        """Return onset and place in the set of each image that was shown."""
        images = self.session.image_set
        if images is None:
            return np.empty(0), np.empty(0, np.uint32)
        table = self.session.stimulus_presentations
        shown = table[table["image_name"].isin(images.names)]
        return shown["start_time"].to_numpy(np.float64), shown["image_index"].to_numpy(np.uint32)

    def _warn(self) -> None:
        stimulus = self.session.pickle.stimulus
        if stimulus.kind == "images":
            text = f"images of {stimulus.image_set} are not written: no folder of image sets was given"
            warnings.warn(SourceWarning(f"{text} ({self.session.pickle_path})"), stacklevel=3)


class _Template:
    """An image of the stimulus that is made when it is asked for."""

    ndim = 2
    shape = (ROWS, COLUMNS)

    def __init__(
        self,
        pixels: npt.NDArray[np.uint8],
        make: Callable[[npt.NDArray[np.uint8]], npt.NDArray[Any]],
        dtype: type[np.generic],
    ) -> None:
        self._pixels, self._make, self.dtype = pixels, make, np.dtype(dtype)

    def __len__(self) -> int:
        return ROWS

    def __getitem__(self, selection: Any) -> npt.NDArray[Any]:
        return np.asarray(self._make(self._pixels)[selection])

    def iterator(self) -> SliceableDataChunkIterator:
        """Return the image as a data chunk iterator of one piece."""
        return SliceableDataChunkIterator(data=self, buffer_shape=self.shape)
