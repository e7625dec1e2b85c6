"""Metrics of behavior: task, running, eye tracking and stimulus."""
