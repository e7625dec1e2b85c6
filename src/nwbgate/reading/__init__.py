"""NWB files to tables, with h5py alone."""
