"""What an image brings along: a wish that only writes it down needs no new container."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from clockwork_docker.provider.models import ContainerInputs


def already_so(
    names: Iterable[str], real: Mapping[str, Any], image: Mapping[str, Any], new: ContainerInputs
) -> set[str]:
    """Give the inputs whose wish a real container fulfils already.

    Args:
        names: The inputs that differ from the earlier wish, by wire name.
        real: What the engine says of the container.
        image: What it says of the image that the container was made from.
        new: What the container should be.
    """
    has, brings = real.get("Config") or {}, image.get("Config") or {}
    return {name for name in names if name in _WISHED and _WISHED[name](new, brings) == _FOUND[name](has)}


def _command(new: ContainerInputs, brings: Mapping[str, Any]) -> list[str]:
    """An entry point of one's own takes the image's command away."""
    return new.command or ([] if new.entrypoints else brings.get("Cmd") or [])


def _variables(entries: Iterable[str]) -> dict[str, str]:
    return {name: value for name, _, value in (entry.partition("=") for entry in entries)}


_WISHED: Mapping[str, Callable[[ContainerInputs, Mapping[str, Any]], Any]] = {
    "command": _command,
    "entrypoints": lambda new, brings: new.entrypoints or brings.get("Entrypoint") or [],
    "envs": lambda new, brings: _variables([*(brings.get("Env") or ()), *(new.envs or ())]),
    "user": lambda new, brings: new.user or brings.get("User") or "",
    "workingDir": lambda new, brings: new.working_dir or brings.get("WorkingDir") or "",
}
_FOUND: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "command": lambda has: has.get("Cmd") or [],
    "entrypoints": lambda has: has.get("Entrypoint") or [],
    "envs": lambda has: _variables(has.get("Env") or ()),
    "user": lambda has: has.get("User") or "",
    "workingDir": lambda has: has.get("WorkingDir") or "",
}
