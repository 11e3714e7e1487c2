"""Commands and services for Clockwork."""
