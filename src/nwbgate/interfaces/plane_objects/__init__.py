"""NWB objects of imaging planes, the same for every source."""
