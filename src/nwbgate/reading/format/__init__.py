"""Session tables: their place and column types in each file layout."""
