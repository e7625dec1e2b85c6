"""An interface that does what its source says: crash, hang, warn, or give what no NWB file may hold."""

import os
import signal
import time
import warnings
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from neuroconv import BaseDataInterface
from pydantic import FilePath, validate_call
from pynwb import TimeSeries

import nwbgate
from nwbgate.errors import SourceError, SourceWarning
from nwbgate.interfaces.plan import SessionPlan


def plan(sources, options):
    return [
        SessionPlan(
            session_id=source.stem,
            sources=(source,),
            source_data={"HostileInterface": {"file_path": str(source), "unknown": options.get("unknown", "")}},
            metadata={"NWBFile": {"session_id": "one" if options.get("same") else source.stem}},
            excluded="not wanted" if source.read_text() == "exclude" else "",
            remarks=("remarkable",) if source.read_text() == "remark" else (),
        )
        for source in sources
    ]


class HostileInterface(BaseDataInterface):
    @validate_call
    def __init__(self, file_path: FilePath, unknown: str = "", verbose: bool = False):
        super().__init__(verbose=verbose, file_path=file_path)
        self.unknown = unknown
        self.behaviour = Path(file_path).read_text()
        if self.behaviour == "refuse":
            raise SourceError("refused", where=str(file_path), got="a", expected="b", fix="c")

    def get_metadata(self):
        metadata = super().get_metadata()
        metadata["NWBFile"]["session_start_time"] = datetime(2024, 5, 1, tzinfo=UTC)
        metadata["Subject"]["subject_id"] = "bad id" if self.behaviour == "bad id" else "rat7"
        return metadata

    def unknown_values(self, metadata=None):
        """Say what is unknown, unless the metadata say it."""
        return (self.unknown,) if self.unknown and "protocol" not in metadata["NWBFile"] else ()

    def add_to_nwbfile(self, nwbfile, metadata=None):
        getattr(self, self.behaviour, lambda: None)()
        data = np.random.default_rng(0).standard_normal(400_000 if self.behaviour == "large" else 10)
        nwbfile.add_acquisition(TimeSeries(name="noise", description="x", data=data, unit="volts", rate=10.0))
        if self.behaviour == "invalid":
            del nwbfile.subject.fields["species"]

    def crash(self):
        raise ValueError("crashed")

    def exhaust(self):
        raise MemoryError

    def bug(self):
        """Fail inside nwbgate, as a bug of ours would."""
        nwbgate.write_nwb(None, None)

    def die(self):
        os.kill(os.getpid(), signal.SIGKILL)

    def die_once(self):
        mark = Path(self.source_data["file_path"]).with_suffix(".died")
        if not mark.exists():
            mark.touch()
            self.die()

    def warn(self):
        warnings.warn("look at this", SourceWarning, stacklevel=2)
        warnings.warn("a library grumbles", FutureWarning, stacklevel=2)

    def pause(self):
        time.sleep(0.05)

    def wait(self):
        Path(self.source_data["file_path"]).with_suffix(".waiting").touch()
        time.sleep(60)
