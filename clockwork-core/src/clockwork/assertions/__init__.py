"""Checks of deployed resources."""
