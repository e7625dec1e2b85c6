"""Rules about spikes, electrodes and a pipette's voltage."""
