"""Metrics of recordings of one neuron: voltage, spikes and fluorescence."""
