"""A secret that is made once and kept in the encrypted state alone."""

from __future__ import annotations

from typing import Any

import pulumi
from pydantic import BaseModel

from clockwork.providers.embedded import Diff, EmbeddedResource, FieldChange
from clockwork.redaction import keep_secret
from clockwork.resources.secret import SecretSource


class GeneratedSecret(EmbeddedResource, type="clockwork:index:Secret"):
    """Letters and digits that nobody chose."""

    class Inputs(BaseModel):
        """How long it is."""

        length: int

    class State(BaseModel):
        """The value; the engine encrypts it."""

        value: str

    def __init__(self, name: str, length: int) -> None:
        """Register the secret with the engine; only inside a running program.

        Args:
            name: Its Pulumi name: the secret's.
            length: How many characters.
        """
        super().__init__(name, pulumi.ResourceOptions(additional_secret_outputs=["value"]), length=length)

    async def diff(self, state: Any, old: Any, new: Any) -> Diff:
        """Another length is another secret."""
        keep_secret(state.value)
        return Diff({"length": FieldChange(replace=True)} if old.length != new.length else {})

    async def create(self, new: Any) -> Any:
        """Make the value."""
        value = SecretSource("generated", length=new.length).generate()
        keep_secret(value)
        return self.State(value=value)
