"""The table of core's rules; plugins add theirs with the hook ``clockwork_guard_rules``."""

from __future__ import annotations

from clockwork.hook_types import GuardRule

CONTROL_CHARACTER = "control-character"
TOO_LARGE = "too-large"
CREDENTIAL = "credential"
FOREIGN_VALUE = "foreign-value"
STRANGE_PATH = "strange-path"
OUTSIDE_PROJECT = "outside-project"
CLOCKWORKS_OWN = "clockworks-own"
HIDDEN_PATH = "hidden-path"
RUNS_UNASKED = "runs-unasked"

RULES = (
    GuardRule(CONTROL_CHARACTER, "control characters, and those that reverse the direction of text"),
    GuardRule(TOO_LARGE, "values that are larger than any that a person would review"),
    GuardRule(CREDENTIAL, "literal passwords, keys and tokens"),
    GuardRule(FOREIGN_VALUE, "secrets and values of resources that it is not connected to"),
    GuardRule(STRANGE_PATH, "paths that look like another one, or that programs read in another way"),
    GuardRule(OUTSIDE_PROJECT, "paths that lead out of the project folder"),
    GuardRule(CLOCKWORKS_OWN, "main.py, the lock, the settings and what Clockwork keeps beside them"),
    GuardRule(HIDDEN_PATH, "hidden files and folders: programs obey what stands there"),
    GuardRule(RUNS_UNASKED, "files that are run, or loaded as code, because they are there"),
)
