"""Files on servers: addresses, and ranges of their bytes."""
