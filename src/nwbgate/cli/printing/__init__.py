"""Texts and progress that verbs print."""
