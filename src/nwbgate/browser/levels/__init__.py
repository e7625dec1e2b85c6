"""Levels of tracks, from fine to coarse, built and kept."""
