"""Realistic made-up sources, to try the conversions on."""
