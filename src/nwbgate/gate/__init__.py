"""Judge files and tables: rules in the order of their needs, and the validators of the field."""
