"""CSV tables: structure, columns, cells, and what spreadsheets make of them."""
