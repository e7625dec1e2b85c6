"""NeuroConv interfaces of Dataset II: cell-attached voltage, spike times and dF/F."""
