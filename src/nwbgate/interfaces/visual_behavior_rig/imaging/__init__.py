"""Imaging planes of a rig: trace files, regions of interest, motion, projections, and an interface for each stream."""
