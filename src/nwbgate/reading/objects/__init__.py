"""Objects of any NWB file by neurodata type: series, intervals, events, units, imaging planes."""
