"""Steps of libraries whose failure is a finding about the file."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hdmf.build import ConstructError

from nwbgate.findings.validator_codes import file_finding
from nwbgate.rules.rule import Finding

Result = TypeVar("Result")


class StepError(Exception):
    """A failed step that prevents the following ones."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding)


def run_step(code: str, path: Path, step: Callable[[], Result]) -> Result:
    """Run one library step, turning exceptions into findings about the file."""
    try:
        return step()
    except MemoryError as error:
        message = f"the memory is not enough for it: {error}"
        raise StepError(file_finding("file.too_large", path, message)) from error
    except Exception as error:  # HDMF, PyNWB and NWB Inspector raise anything on a broken file
        message, location = _words(error)
        validator = "nwbgate" if code == "file.unreadable" else "pynwb"
        raise StepError(file_finding(code, path, message, location=location, validator=validator)) from error


def _words(error: Exception) -> tuple[str, str]:
    """Return an error's message and place, shortening a ``ConstructError``."""
    if isinstance(error, ConstructError):
        builder, text = error.args
        return f"ConstructError: {text}", str(builder.path).replace("root", "", 1) or "/"
    return f"{type(error).__name__}: {error}", ""
