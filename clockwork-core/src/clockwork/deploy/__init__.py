"""Running the engine: its command, its events, and what both say about a run."""
