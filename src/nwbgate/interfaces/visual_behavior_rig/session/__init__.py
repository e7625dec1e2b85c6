"""A rig session as a whole: facts, metadata and the agreement of its sources."""
