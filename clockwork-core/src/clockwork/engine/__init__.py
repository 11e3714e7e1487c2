"""Finds the Pulumi engine, or obtains it."""
