"""Facts about imaging planes, their ROIs and traces."""
