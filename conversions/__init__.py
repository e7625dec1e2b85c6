"""Recipes: one folder per dataset. Imports nothing."""
