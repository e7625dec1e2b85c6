"""Truth as data: specs, rule codes, session tables. Imports nothing."""
