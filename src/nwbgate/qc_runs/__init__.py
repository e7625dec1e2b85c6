"""Quality control of files: measure, judge, and write tables and pages."""
