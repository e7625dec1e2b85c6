"""Simulated sessions of a behavior rig with a microscope, in the rig's formats."""
