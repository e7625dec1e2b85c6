"""Behavior sessions: the tables and names of AllenSDK."""
