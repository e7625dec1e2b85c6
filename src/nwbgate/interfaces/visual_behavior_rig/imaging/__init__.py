"""Imaging planes of a rig: their files, and an interface per stream."""
