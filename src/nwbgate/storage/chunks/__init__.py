"""Chunks of datasets: where they lie, their filters and bytes."""
