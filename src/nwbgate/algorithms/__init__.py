"""Algorithms: pure functions of arrays, each documented with formula, unit, constants and source."""
