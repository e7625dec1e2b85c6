"""A session of the third recipe converted, and an interface of somebody else."""

from datetime import UTC, datetime

import numpy as np
from neuroconv import BaseDataInterface
from neuroconv.utils import dict_deep_update
from pydantic import DirectoryPath, FilePath, validate_call
from pynwb import TimeSeries

import nwbgate
from nwbgate.conversion.recipes.recipe import load_recipe
from support.maze_sources import THIRD_RECIPE

RECIPE = load_recipe(THIRD_RECIPE)
METADATA = dict_deep_update(dict(RECIPE.metadata), {"NWBFile": {"session_id": "s1"}})


class NumbersInterface(BaseDataInterface):
    """Numbers of a text file, or of all text files in a folder; gives metadata that its schema does not name."""

    @validate_call
    def __init__(self, path: FilePath | DirectoryPath, verbose: bool = False):
        super().__init__(verbose=verbose, path=path)
        self.path = path

    def get_metadata(self):
        metadata = super().get_metadata()
        metadata["NWBFile"]["session_start_time"] = datetime(2024, 5, 1, tzinfo=UTC)
        metadata["Numbers"] = {"unit": "volts"}
        return metadata

    def add_to_nwbfile(self, nwbfile, metadata=None, *, name: str = "numbers"):
        files = sorted(self.path.iterdir()) if self.path.is_dir() else [self.path]
        data = np.concatenate([np.loadtxt(file) for file in files])
        nwbfile.add_acquisition(TimeSeries(name=name, data=data, unit=metadata["Numbers"]["unit"], rate=10.0))


def maze(source):
    return RECIPE.converter(source_data={"Positions": {"file_path": str(source)}})


def convert(source, path, **options):
    return nwbgate.convert_session(maze(source), path, metadata=options.pop("metadata", METADATA), **options)
