"""Streams of the behavior of a rig session."""
