"""Projects: the sessions, planes and recordings of a folder."""
