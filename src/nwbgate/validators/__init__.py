"""Established validators, and checks of single files, as findings."""
