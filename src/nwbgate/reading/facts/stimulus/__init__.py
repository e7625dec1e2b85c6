"""Facts about what was shown, and its clock."""
