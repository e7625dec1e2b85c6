"""Upload of files, and the proof that they arrived."""
