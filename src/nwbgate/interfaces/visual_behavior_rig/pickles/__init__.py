"""Pickles of a session: what camstim recorded, and the images that it showed."""
