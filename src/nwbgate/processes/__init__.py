"""Processor cores and worker processes."""
