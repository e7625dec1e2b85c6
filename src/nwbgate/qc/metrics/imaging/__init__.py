"""Metrics of imaging planes: activity, crosstalk, drift, motion, ROIs."""
