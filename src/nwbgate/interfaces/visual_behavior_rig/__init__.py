"""NeuroConv interfaces of what the rigs of Visual Behavior 2P wrote: stimulus pickle, sync file, eye tracking."""
