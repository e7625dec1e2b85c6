"""HDF5 storage: files, chunks, filters, and ranges of remote files."""
