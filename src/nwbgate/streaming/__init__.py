"""A release converted session by session through a small disk."""
