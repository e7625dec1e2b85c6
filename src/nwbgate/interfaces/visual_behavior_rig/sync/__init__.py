"""The sync file of a session: edges of its lines, and the clocks of all streams."""
