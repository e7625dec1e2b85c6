"""From many sources to many checked files: recipes, one session, the ledger, the batch."""
