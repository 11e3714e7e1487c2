"""Commands and services for Clockwork, on this machine and over SSH."""
