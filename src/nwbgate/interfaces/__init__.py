"""Source to NWB objects: NeuroConv interfaces, one folder per dataset."""
