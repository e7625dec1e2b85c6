"""Source to NWB objects: NeuroConv interfaces, one folder per dataset, one file per stream."""
