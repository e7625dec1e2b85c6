"""The corpus of faults: declared edits, the valid inputs they are planted in, and both as files."""
