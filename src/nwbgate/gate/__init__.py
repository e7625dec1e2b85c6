"""Judge files and tables with rules and the field's validators."""

#: Imported once for all worker processes of a check.
PRELOAD = ("nwbgate.gate.preloaded",)
