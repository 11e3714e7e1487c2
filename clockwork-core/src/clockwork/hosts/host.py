"""A machine that is reached over SSH, as data."""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated, Any, Optional

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, field_validator


class SSHHost(BaseModel):
    """A machine that is reached over SSH, as data.

    What is left out comes from the person's own SSH settings, ``~/.ssh/config`` with its aliases
    included, and else is what ``ssh`` would do::

        web = [SSHHost(f"web{n}", address=f"10.0.0.{n}", user="deploy") for n in range(1, 41)]

    Attributes:
        name: What it is called. Another address under the same name is the same machine elsewhere;
            another name is another machine.
        address: Its address or DNS name; the name unless given.
        user: Whose account is used there.
        port: Its port.
        identity_file: The file of the private key, absolute or from ``~``; beside the agent's keys.
        known_hosts: A file with the keys of hosts, instead of ``~/.ssh/known_hosts``.
        host_key: The host's public key, such as ``ssh-ed25519 AAAA...``; then no file is asked.
        jump: The machine that the way leads through.
        connect_timeout_seconds: How long the way there and the login may take.
        at_once: Most operations at the same time; servers refuse more than ten sessions as a rule.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.:\-]*$",
        description="letters, digits, '_', '.', ':' and '-'",
        examples=["web1", "db.example.com"],
        max_length=255,
    )
    address: str | None = Field(default=None, min_length=1, pattern=r"^[^\s@/-][^\s@/]*$")
    user: str | None = Field(default=None, min_length=1)
    port: int | None = Field(default=None, ge=1, le=65535)
    identity_file: str | None = None
    known_hosts: str | None = None
    host_key: str | None = None
    jump: SSHHost | None = None
    connect_timeout_seconds: float = Field(default=10, gt=0, allow_inf_nan=False)
    at_once: int = Field(default=8, ge=1, le=64)

    def __init__(self, name: str, **fields: Any) -> None:
        """Describe a machine.

        Args:
            name: What it is called.
            **fields: The other attributes.

        Raises:
            pydantic.ValidationError: A value is wrong.
        """
        super().__init__(name=name, **fields)

    def __str__(self) -> str:
        """Its name."""
        return self.name

    @field_validator("identity_file", "known_hosts", mode="before")
    @classmethod
    def _takes_paths(cls, value: object) -> object:
        return str(value) if isinstance(value, PurePath) else value

    @field_validator("identity_file", "known_hosts")
    @classmethod
    def _is_found_from_everywhere(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("/", "~")):
            raise ValueError("write the whole path, or one that starts with ~")
        return value

    @field_validator("host_key")
    @classmethod
    def _is_a_public_key(cls, value: str | None) -> str | None:
        if value is None:
            return None
        words = value.split()
        if "PRIVATE" in value:
            raise ValueError("it is a private key; give the public one, such as 'ssh-ed25519 AAAA...'")
        if len(words) < 2 or not words[1].startswith("AAAA"):
            raise ValueError("it is not a public key such as 'ssh-ed25519 AAAA...'")
        return " ".join(words[:2])


def _name_of(host: SSHHost | None) -> str | None:
    return None if host is None else host.name


OnHost = Annotated[Optional[SSHHost], PlainSerializer(_name_of, return_type=Optional[str])]
"""The type of a resource's field ``on``; a model that completes the resource, and the lock, see the name."""
