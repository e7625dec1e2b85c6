"""A sample plane is the same on every machine."""

import os
import subprocess
import sys

SCRIPT = """
import hashlib
from nwbgate.samples.rig.imaging import plane_data
from nwbgate.samples.rig.session import SESSIONS
for session in SESSIONS:
    for plane in session.planes:
        for name, trace in plane_data(session, plane).traces.items():
            print(name, hashlib.sha256(trace.tobytes()).hexdigest())
"""


def test_traces_are_alike_on_every_kind_of_processor():
    """OpenBLAS, behind `numpy.convolve`, rounds as the processor's instructions do."""
    digests = set()
    for kind in ("Nehalem", "Haswell", ""):
        environment = {**os.environ, "OPENBLAS_CORETYPE": kind}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], env=environment, check=True, capture_output=True, text=True
        )
        digests.add(done.stdout)
    assert len(digests) == 1
    assert digests.pop().count("dff") == 4
