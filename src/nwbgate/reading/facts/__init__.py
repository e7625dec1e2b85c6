"""Facts about a file, as the tables that rules judge."""
