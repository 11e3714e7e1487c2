"""Values of the resources: health checks, builds, and the forms people write them in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Optional

from pydantic import BaseModel, ConfigDict, Field, field_validator

from clockwork_docker.build_context import left_out

_DURATION = r"^([0-9.]+(h|ms|us|m|s))+$"
_MEMORY = re.compile(r"^([0-9]+)([kmg]?)b?$", re.IGNORECASE)
_MEGABYTES = {"": 1 / (1 << 20), "k": 1 / 1024, "m": 1, "g": 1024}
_LEAST_MEGABYTES = 6


class Healthcheck(BaseModel):
    """How the engine finds out whether a container is well.

    Attributes:
        command: Run in the container; one text is run by its shell.
        interval: Between two checks, such as ``10s``.
        timeout: After which a check has failed.
        retries: Failures in a row after which the container is unhealthy.
        start_period: At the start, in which failures do not count.
    """

    model_config = ConfigDict(extra="forbid")

    command: str | list[str] = Field(min_length=1)
    interval: str = Field(default="10s", pattern=_DURATION)
    timeout: str = Field(default="5s", pattern=_DURATION)
    retries: int = Field(default=3, ge=1)
    start_period: str = Field(default="0s", pattern=_DURATION)

    def tests(self) -> list[str]:
        """The command in the engine's form."""
        return ["CMD-SHELL", self.command] if isinstance(self.command, str) else ["CMD", *self.command]


class Build(BaseModel):
    """How an image is built.

    Attributes:
        context: The folder that is built from, relative to the project.
        dockerfile: The Dockerfile, relative to that folder.
        args: Build arguments.
        target: The stage to build; the last one when ``None``.
        platform: Such as ``linux/arm64``; the engine's own when ``None``.
    """

    model_config = ConfigDict(extra="forbid")

    context: str = Field(default=".", min_length=1)
    dockerfile: str = "Dockerfile"
    args: dict[str, str] = Field(default_factory=dict)
    target: Optional[str] = None
    platform: Optional[str] = None

    @field_validator("context")
    @classmethod
    def _is_no_url(cls, value: str) -> str:
        if "://" in value or value.startswith("git@"):
            raise ValueError("it is an address; name a folder of this machine")
        return value

    def folder(self, project: Path) -> Path:
        """The real folder.

        Args:
            project: The folder of the user's file.
        """
        return (project / Path(self.context).expanduser()).resolve()

    def digest(self, project: Path) -> str:
        """The digest of everything in the folder, so that a changed file makes a new image.

        What ``.dockerignore`` leaves out does not count, nor what Clockwork keeps there.

        Args:
            project: The folder of the user's file.
        """
        from docker.utils.build import exclude_paths

        folder = self.folder(project)
        whole = hashlib.sha256()
        for name in sorted(exclude_paths(str(folder), left_out(folder), dockerfile=self.dockerfile)):
            file = folder / name
            if file.is_file():
                mode = "x" if file.stat().st_mode & 0o100 else "-"
                whole.update(f"{name}\0{mode}\0".encode())
                whole.update(hashlib.sha256(file.read_bytes()).digest())
        return whole.hexdigest()


def megabytes(text: str) -> int:
    """Read an amount of memory, such as ``512m`` or ``2g``.

    Args:
        text: A number of bytes, or one with k, m or g behind it.

    Raises:
        ValueError: It is none, or less than a container can have.
    """
    found = _MEMORY.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no amount of memory; write it like 512m or 2g")
    amount = int(int(found[1]) * _MEGABYTES[found[2].lower()])
    if amount < _LEAST_MEGABYTES:
        raise ValueError(f"{text!r} is less than the {_LEAST_MEGABYTES}m that a container needs")
    return amount


def lifted(form: Callable[[Any], Any], value: Any) -> Any:
    """Apply a function to a value, or to what it will be once other resources are deployed.

    Args:
        form: Takes the plain value.
        value: Plain, or a text in which something is known later.
    """
    import pulumi

    from clockwork.providers.registration import later

    known = later(value)
    return known.apply(form) if isinstance(known, pulumi.Output) else form(known)
