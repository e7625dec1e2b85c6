"""Browse NWB files: all tracks of a session on one time axis."""
