"""Files of the public release: their tables, arrays, identifiers and checksums."""
