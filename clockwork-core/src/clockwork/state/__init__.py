"""Where a stack's state is kept, how it is opened, and what survives a killed run."""
