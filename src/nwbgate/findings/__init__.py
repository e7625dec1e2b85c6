"""Results of a check: the report, its codes, and waivers."""
