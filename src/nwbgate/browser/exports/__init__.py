"""Exports: a folder for a web host, or one HTML file."""
