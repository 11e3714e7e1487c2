"""The engine's refusals of a whole run, in words that say what to do."""

from __future__ import annotations

import re

from pulumi import automation as auto

from clockwork.errors import StateError

_PASSPHRASE = re.compile(r"incorrect passphrase|passphrase must be set")


def engine_message(error: auto.CommandError) -> str:
    """Take the engine's own words out of a failed command."""
    text = str(error)
    for line in text.splitlines():
        if "error:" in line:
            return line.partition("error:")[2].strip()
    return text.strip().splitlines()[-1] if text.strip() else "it failed without a word"


def state_error(error: auto.CommandError, stack: str) -> StateError | None:
    """Explain a failure that concerns the stack as a whole.

    Args:
        error: The engine's failed command.
        stack: The stack's name.

    Returns:
        The explanation; ``None`` when the failure is about something else.
    """
    if _PASSPHRASE.search(str(error)):
        return StateError(
            f"the secrets of the stack {stack!r} were encrypted with another passphrase",
            hint="Set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to the one it was made"
            " with; Clockwork keeps a generated one in .clockwork/passphrase of the folder that made it.",
        )
    return None
