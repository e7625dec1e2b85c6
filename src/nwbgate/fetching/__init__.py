"""A public release to a local copy: its manifest, its tables and the files asked for, each checked as it arrives."""
