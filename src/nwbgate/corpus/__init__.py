"""The corpus of faults: declared edits of valid inputs, also as files."""
