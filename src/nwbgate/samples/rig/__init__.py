"""Made-up sessions of a behavior rig with a microscope, in the formats in which the rig and its pipeline write them."""
