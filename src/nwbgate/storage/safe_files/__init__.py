"""Files of this computer: found, locked, written whole."""
