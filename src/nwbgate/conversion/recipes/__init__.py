"""Recipes: folders with a ``conversion.yaml``, and what they name."""
