"""Imaging planes: cells, traces, images."""
