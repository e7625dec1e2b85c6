"""A release converted session by session through a small disk, to a folder or a bucket."""
