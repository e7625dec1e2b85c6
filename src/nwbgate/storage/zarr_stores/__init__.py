"""Zarr stores of NWB, seen as HDF5 files."""
