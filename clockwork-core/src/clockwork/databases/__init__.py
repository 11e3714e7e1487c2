"""Databases in containers: whether they accept connections, and SQL that runs in them once."""
