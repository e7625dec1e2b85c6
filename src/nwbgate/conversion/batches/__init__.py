"""Batches of sessions: plan, run, record, watch."""
