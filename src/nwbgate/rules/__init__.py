"""Rules: frames in, offending rows out. A rule never opens a file."""
