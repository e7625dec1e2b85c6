"""Tracks of a file: what it shows along the time axis."""
