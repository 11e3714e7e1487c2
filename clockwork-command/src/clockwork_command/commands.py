"""Which inputs of ``pulumi_command`` are run, and what travels in them that its types have no input for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

CHECK = "CLOCKWORK_CHECK"
"""The variable that holds the command which tells whether the thing is already so.

The types of ``pulumi_command`` have no input for it, and other programs that build them leave a variable
that they do not know alone.
"""

DIRECTORY = "CLOCKWORK_DIRECTORY"
"""The variable that holds the folder in which a command runs on another machine."""

HOST = "CLOCKWORK_HOST"
"""The variable that holds a host as JSON, where its ``connection`` does not say all of it."""

OURS = frozenset({CHECK, DIRECTORY, HOST})

_RUN = ("create", "update", "delete", "stdin", "command")


def commands_in(inputs: Mapping[str, Any]) -> Iterator[str]:
    """Give what is run, of the inputs of a command; standard input may be a program too.

    Args:
        inputs: The inputs by name.
    """
    for name in _RUN:
        if isinstance(text := inputs.get(name), str):
            yield text
    yield from (inputs.get("interpreter") or ())
    environment = inputs.get("environment")
    check = environment.get(CHECK) if isinstance(environment, Mapping) else None
    if isinstance(check, str):
        yield check
