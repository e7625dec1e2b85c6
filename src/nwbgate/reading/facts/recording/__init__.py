"""Facts about recordings of one neuron: voltage, units and responses."""
