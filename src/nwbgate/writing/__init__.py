"""NWB objects to verified files: fast chunks, atomic writes, provenance."""
