"""NWB objects of imaging planes for every source."""
