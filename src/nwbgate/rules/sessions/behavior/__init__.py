"""Rules about trials, licks, rewards, running and eye tracking."""
