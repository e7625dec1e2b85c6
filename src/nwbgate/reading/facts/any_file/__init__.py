"""Facts of any NWB file, by the types of its objects."""
