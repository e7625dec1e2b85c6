"""The file dandiset.yaml and its metadata."""
