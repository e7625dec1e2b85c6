"""The sync file of a session: line edges, and clocks of all streams."""
