"""Judge files and tables: rules in the order of their needs, and the validators of the field."""

#: Imported once for all worker processes of a check.
PRELOAD = ("nwbgate.gate.preloaded",)
