"""Metrics: pure functions from arrays to measurements."""

from nwbgate.extras import import_extra

import_extra("scipy", "qc")  # most of them need it: it is missed here once, and named
