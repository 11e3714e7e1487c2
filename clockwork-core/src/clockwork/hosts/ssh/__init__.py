"""Machines over SSH; imported when one is used, because it brings asyncssh along."""
