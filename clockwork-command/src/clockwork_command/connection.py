"""Hosts as ``pulumi_command`` describes them."""
