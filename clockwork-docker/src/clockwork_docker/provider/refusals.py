"""What an engine refuses to a container, told by the field that has to be corrected."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from clockwork.errors import ProviderError
from clockwork.providers.embedded import Call
from clockwork_docker.provider.models import ContainerInputs
from clockwork_docker.provider.mounts import path_missing


def refusal(inputs: ContainerInputs, reason: str, done: str, call: Call) -> ProviderError:
    """Make the error that says why a container cannot be made, changed or started.

    Args:
        inputs: What it should be.
        reason: What the engine said.
        done: What was to be done, such as ``started``.
        call: The call that failed.
    """
    if (of_path := path_missing(reason, call)) is not None:
        return of_path
    for known in _KNOWN:
        if found := known.words.search(reason):
            return ProviderError(
                known.told(found), address=call.name, field=known.field(inputs), hint=known.hint
            )
    return ProviderError(
        f"the container cannot be {done}: {reason}",
        address=call.name,
        hint="Correct what the engine complains about, then apply again.",
    )


@dataclass(frozen=True)
class _Known:
    """Something that engines refuse, recognized by their words.

    Attributes:
        words: Their words.
        told: Makes the message.
        field: Names the field that has to be corrected.
        hint: What to do.
    """

    words: re.Pattern[str]
    told: Callable[[re.Match[str]], str]
    field: Callable[[ContainerInputs], str]
    hint: str


def _starts_it(inputs: ContainerInputs) -> str:
    """Name the field that says what is run; the image does where neither is given."""
    return "entrypoint" if inputs.entrypoints else "command" if inputs.command else "image"


_KNOWN = (
    _Known(
        re.compile(r"network (?P<name>\S+) not found"),
        lambda found: f"there is no network {found['name']!r}",
        lambda _inputs: "networks",
        "Declare it as a DockerNetwork, make it, or correct the name.",
    ),
    _Known(
        re.compile(r"unable to find (?P<kind>user|group) (?P<name>[^\s:]+)"),
        lambda found: f"the image knows no {found['kind']} {found['name']!r}",
        lambda _inputs: "user",
        "Name one that stands in the image's /etc/passwd or /etc/group, or give its number.",
    ),
    _Known(
        re.compile(
            r'exec: "(?P<name>[^"]+)": (?:executable file not found|(?:stat|permission)\b[^:]*)'
            r"|exec (?P<path>/\S+): no such file"
        ),
        lambda found: f"the image has no command {found['name'] or found['path']!r} that can be run",
        _starts_it,
        "Correct the command; it must exist in the image, and be executable.",
    ),
    _Known(
        re.compile(r"no command specified", re.IGNORECASE),
        lambda _found: "neither the image nor the file says what is run",
        lambda _inputs: "command",
        "Give command=[...].",
    ),
)
