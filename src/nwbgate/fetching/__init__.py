"""A verified local copy of a public release or part of it."""
