"""Browse NWB files: every track of a session on one time axis, in a web browser or a notebook."""
