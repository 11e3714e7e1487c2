"""Embedded providers: real things served to the engine by Clockwork's own process."""
