"""Interfaces of what the mouse did: trials, licks, rewards, running and eyes."""
