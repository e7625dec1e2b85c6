"""Many sources to many checked files: recipes, sessions, ledger, batches."""
