"""Interfaces of what the mouse was shown, and when."""
