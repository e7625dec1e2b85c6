"""Facts about a file, as tables for rules."""
