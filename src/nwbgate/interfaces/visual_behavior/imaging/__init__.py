"""Interfaces of the imaging planes: cells, traces, images and motion."""
