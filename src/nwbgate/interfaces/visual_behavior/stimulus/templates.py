"""Stimulus images as shown by the monitor and as seen by the mouse."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from pynwb import NWBFile
from pynwb.base import ImageReferences, Images
from pynwb.image import GrayscaleImage, IndexSeries

from nwbgate.errors import SourceError, SourceWarning
from nwbgate.interfaces.visual_behavior.behavior.behavior_interface import BehaviorInterface
from nwbgate.interfaces.visual_behavior.release.array import ReleasedArray
from nwbgate.interfaces.visual_behavior.release.file import FloatArray
from nwbgate.interfaces.visual_behavior.texts import description

TEMPLATES, PRESENTATION = "/stimulus/templates", "/stimulus/presentation"
#: Name of our set of images for each dataset of the released stack.
SETS = {"stimulus_images": "data", "stimulus_images_unwarped": "unwarped"}


class StimulusTemplatesInterface(BehaviorInterface):
    """Stimulus images, warped for the monitor (uint8) and unwarped (float64, NaN outside the mask).

    Adds the `Images` ``stimulus_images`` and ``stimulus_images_unwarped`` to the stimulus templates, and to the
    presented stimuli the `IndexSeries` ``stimulus_image_presentations``, which image was shown when (s). The pixels are
    read when the file is written, image by image.
    """

    display_name = "Visual Behavior stimulus templates"
    keywords = ("stimulus", "images")
    info = "Interface for the stimulus images of the Visual Behavior 2P release."
    table_name = "stimulus_templates"

    def add_to_nwbfile(self, nwbfile: NWBFile, metadata: dict[str, Any] | None = None) -> None:
        """Add the images, with a `SourceWarning` where expected images are missing.

        Parameters
        ----------
        nwbfile : NWBFile
            File to add to.
        metadata : dict, optional
            Merged over `get_metadata`.
        """
        if not self.is_there and "gratings" not in self.source.session_type:
            text = f"{self.source.path} has no {TEMPLATES}: {self.source.session_type} is written without its images"
            warnings.warn(SourceWarning(text), stacklevel=2)
        super().add_to_nwbfile(nwbfile, metadata)

    def get_original_timestamps(self) -> FloatArray:
        """Return the onsets of all shown flashes, in seconds, shape (n,)."""
        shown = self._shown_path()
        return np.empty(0) if shown is None else self.source.timestamps(f"{shown}/timestamps")

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        stack = f"{TEMPLATES}/{self._only_stack()}"
        names = self.source.table("stimulus_templates")["image_name"].tolist()
        sets = {}
        for name, dataset in SETS.items():
            words = description(metadata, name)
            sets[name] = self._images(f"{stack}/{dataset}", name, names, words)
            nwbfile.add_stimulus_template(sets[name])
        shown = self._shown_path()
        if shown is not None:
            times = self.get_original_timestamps()
            indices = self._indices(f"{shown}/data", len(times), len(names))
            add_image_presentations(nwbfile, metadata, sets["stimulus_images"], indices, self.aligned(times))

    def _only_stack(self) -> str:
        found = self.source.names(TEMPLATES)
        if len(found) != 1:
            raise SourceError(
                "the file does not have one set of stimulus images",
                where=f"{self.source.path}:{TEMPLATES}",
                got=", ".join(found),
                expected="one set of images",
                fix="leave this stream out",
            )
        return found[0]

    def _shown_path(self) -> str | None:
        """Return the path of the series of shown image indices."""
        found = self.source.names(PRESENTATION)
        return f"{PRESENTATION}/{found[0]}" if found else None

    def _images(self, place: str, name: str, names: list[str], words: str) -> Images:
        stack = self.source.numbers(place)
        if len(stack) != len(names):
            raise SourceError(
                "the numbers of stimulus images and names differ",
                where=f"{self.source.path}:{place}",
                got=f"{len(stack)} images",
                expected=f"{len(names)}: {', '.join(names)}",
                fix="download the file again",
            )
        return images_in_order(
            name, words, {image: _Image(stack, index).iterator() for index, image in enumerate(names)}
        )

    def _indices(self, place: str, times: int, images: int) -> np.ndarray[Any, Any]:
        indices = self.source.numbers(place, times)[()]
        wrong = indices[~((indices >= 0) & (indices < images) & (indices % 1 == 0))]
        if len(wrong):
            raise SourceError(
                "an image outside the set was shown",
                where=f"{self.source.path}:{place}",
                got=f"index {wrong[0]}",
                expected=f"indices from 0 to {images - 1}",
                fix="download the file again",
            )
        return indices.astype(np.uint32)


def images_in_order(name: str, words: str, images: Mapping[str, Any]) -> Images:
    """Return a container of gray images that keeps their order.

    Parameters
    ----------
    name, words : str
        Name and description of the container.
    images : mapping of str to array or data chunk iterator
        Each image by its name.
    """
    gray = [GrayscaleImage(name=image, data=data, description=words) for image, data in images.items()]
    return Images(
        name=name,
        description=words,
        images=gray,
        order_of_images=ImageReferences(name="order_of_images", data=gray),
    )


def add_image_presentations(
    nwbfile: NWBFile, metadata: Mapping[str, Any], images: Images, indices: np.ndarray[Any, Any], times: FloatArray
) -> None:
    """Add to a file in memory which image was shown when.

    Parameters
    ----------
    nwbfile : NWBFile
        File to add to.
    metadata : mapping
        Complete metadata.
    images : Images
        The images.
    indices : numpy.ndarray, shape (flashes,), uint32
        Place of each shown image among them.
    times : numpy.ndarray, shape (flashes,)
        Onsets in seconds of the session.
    """
    series = IndexSeries(
        name="stimulus_image_presentations",
        description=description(metadata, "stimulus_image_presentations"),
        data=indices,
        unit="N/A",
        indexed_images=images,
        timestamps=times,
    )
    nwbfile.add_stimulus(series)


class _Image(ReleasedArray):
    """One image of a stack of images."""

    def __init__(self, stack: ReleasedArray, index: int) -> None:
        self.stack, self.index = stack, index
        self.file, self.name = stack.file, stack.name
        self.shape, self.dtype, self.ndim = stack.shape[1:], stack.dtype, stack.ndim - 1

    def __getitem__(self, selection: Any) -> np.ndarray[Any, Any]:
        parts = selection if isinstance(selection, tuple) else (selection,)
        return self.stack[(self.index, *parts)]
