"""Files examined for publication, one at a time."""
