"""The manifest: its spec, its tables as typed frames, its derived columns."""
