"""Rules about imaging planes, ROIs, masks, traces and events."""
