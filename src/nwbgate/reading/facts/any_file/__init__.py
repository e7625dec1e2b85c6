"""Facts of any NWB file, by the types of its objects and never by their names."""
