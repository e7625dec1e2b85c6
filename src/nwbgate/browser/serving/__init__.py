"""Answers to the keys of the page, and their server."""
