"""No message of NWB Inspector or of the schema validator is lost on files that other people wrote."""

import re
import warnings
from collections import Counter
from pathlib import Path

import pytest
from nwbinspector import inspect_nwbfile
from pynwb import validate

from nwbgate.validators.file_findings import file_findings
from nwbgate.validators.inspector_findings import inspector_checks
from support.development_data import SHARED

FOREIGN = SHARED / "foreign"
#: What neither tool can open, it says in words of its own; so do we.
UNOPENED = re.compile(r"not recognized as either|nwb_version_string\.decode|Could not construct|timestamps_reference")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FOREIGN.is_dir(), reason="the files of others are not here"),
    pytest.mark.filterwarnings("ignore"),
]


def last_line(message: str) -> str:
    """A message; of a check that crashed, the error without its traceback."""
    return message.strip().splitlines()[-1] if "Traceback" in message else message.strip()


def inspected(path: Path) -> Counter[str]:
    messages = inspect_nwbfile(nwbfile_path=str(path), checks=inspector_checks(), skip_validate=True)
    texts = [message.message for message in messages if message is not None]
    return Counter(last_line(text) for text in texts if not UNOPENED.search(text))


def validated(path: Path) -> Counter[str]:
    try:
        return Counter(f"{error.name}: {error.reason}" for error in validate(path=str(path)))
    except (ValueError, AttributeError, KeyError):  # it cannot open the file
        return Counter()


@pytest.mark.parametrize("path", sorted(FOREIGN.rglob("*.nwb")), ids=lambda path: path.name)
def test_no_message_is_lost(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours = " | ".join(finding.message for finding in file_findings(path, layout=False))
        lost = [text for text in {**inspected(path), **validated(path)} if text not in ours]
    assert lost == []
