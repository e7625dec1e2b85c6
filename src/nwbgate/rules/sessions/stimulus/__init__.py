"""Rules about stimulus presentations, their frames and image changes."""
