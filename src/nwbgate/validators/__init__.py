"""The validators of the field, and of single files, as findings."""
