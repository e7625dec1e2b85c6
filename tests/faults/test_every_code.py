"""Every shipped code is hit by a fault of this corpus, or is named here with the reason why one edit cannot hit it."""

import pytest
from file_edits import Fault
from recording_edits import RECORDING
from release_edits import CANDIDATE, MANIFEST, RELEASE
from released_edits import BYTES, RELEASED
from session_edits import CONTENT, SESSION
from test_manifest_cells import cells
from test_recordings import CELLS
from test_release import FACTS
