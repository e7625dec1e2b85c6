"""Metrics: pure functions from arrays to measurements."""
