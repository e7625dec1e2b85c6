"""Run rules in order, and whole-file validators, and collect what they found."""
