"""The manifest: specification, typed tables, derived columns."""
