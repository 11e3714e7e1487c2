"""Which inputs of ``pulumi_command`` are run, and how a check travels in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

CHECK = "CLOCKWORK_CHECK"
"""The variable that holds the command which tells whether the thing is already so.

The types of ``pulumi_command`` have no input for it, and other programs that build them leave a variable
that they do not know alone.
"""

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
