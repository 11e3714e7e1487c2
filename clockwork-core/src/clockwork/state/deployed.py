"""What a stack's state says is deployed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi import automation as auto

from clockwork.providers.wire import split_urn, without_secrets

_ENGINES_OWN = "pulumi:"


@dataclass(frozen=True)
class Deployed:
    """One resource in a state.

    Attributes:
        address: Its Pulumi name, which is its address.
        type: Its Pulumi type.
        outputs: Its outputs; secrets are hidden.
    """

    address: str
    type: str
    outputs: Mapping[str, Any] = field(default_factory=dict)


def deployed(stack: auto.Stack) -> list[Deployed]:
    """Read what is deployed in a stack, without the engine's own resources.

    Args:
        stack: The stack.

    Raises:
        pulumi.automation.CommandError: The state cannot be read.
    """
    state = stack.export_stack().deployment or {}
    return [
        Deployed(split_urn(one["urn"])[1], one["type"], without_secrets(one.get("outputs") or {}))
        for one in state.get("resources") or ()
        if not one["type"].startswith(_ENGINES_OWN) and not one.get("delete")
    ]
