"""Sources of a session: patterns, rows, files and checksums."""
