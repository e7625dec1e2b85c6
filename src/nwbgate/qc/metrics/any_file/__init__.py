"""Quality metrics of any NWB file, by the type of each object."""
