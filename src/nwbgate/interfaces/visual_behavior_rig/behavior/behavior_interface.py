"""Base of the behavior interfaces of a rig session: session and frame clock."""

from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
from pydantic import DirectoryPath, FilePath, validate_call

from nwbgate.interfaces.aligned_interface import AlignedInterface
from nwbgate.interfaces.clock import FloatArray
from nwbgate.interfaces.visual_behavior_rig.rig_interface import RigInterface
from nwbgate.interfaces.visual_behavior_rig.session.rig_session import rig_session


class SessionInterface(RigInterface):
    """One stream of the behavior of a session.

    Parameters
    ----------
    file_path : FilePath
        Session facts: ``session.json``, or ``experiment.json`` of one of its planes.
    image_sets_folder : DirectoryPath, optional
        Folder with the sets of images that rigs show.
    verbose : bool
        As NeuroConv passes it on; nothing is printed.

    Attributes
    ----------
    session : RigSession
        The session.

    Raises
    ------
    SourceError
        If the facts are unsound.
    """

    associated_suffixes = (".json",)
    keywords: tuple[str, ...] = ("behavior", "change detection", "visual behavior")
    #: Facts that name the files of the stream, beside the pickle.
    file_facts: ClassVar[tuple[str, ...]] = ("sync_file",)

    @validate_call
    def __init__(
        self, file_path: FilePath, image_sets_folder: DirectoryPath | None = None, *, verbose: bool = False
    ) -> None:
        super().__init__(file_path=file_path, verbose=verbose)
        self.source_data |= {"image_sets_folder": image_sets_folder}
        self.session = rig_session(file_path, image_sets_folder)
        self.facts = self.session.facts

    def source_paths(self) -> list[Path]:
        """Return the files that the stream is read from."""
        named = [self.session.file(fact) for fact in self.file_facts]
        return [self.session.path, self.session.pickle_path, *(path for path in named if path is not None)]


class BehaviorInterface(SessionInterface, AlignedInterface):
    """One stream of the behavior of a session that has times."""

    #: Column of its table whose times alignment is about.
    time_column = "timestamps"

    def table(self) -> pd.DataFrame | None:
        """Return the table of the stream; None where the session has none."""
        raise NotImplementedError

    def get_original_timestamps(self) -> FloatArray:
        """Return the stream's times in seconds, shape (n,), on the session's clock."""
        table = self.table()
        return np.empty(0) if table is None else table[self.time_column].to_numpy(np.float64)
