"""Streams of the stimulus of a rig session."""
