"""Facts about what the animal did: running and its eye."""
