"""What a stack's state says is deployed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi import automation as auto

from clockwork.deploy.command import EngineCommand, EngineStack
from clockwork.providers.generated_secret import GeneratedSecret
from clockwork.providers.wire import opened, split_urn, without_secrets
from clockwork.redaction import keep_secret
from clockwork.resources.targets import is_at, no_resource

_ENGINES_OWN = "pulumi:"


@dataclass(frozen=True)
class Deployed:
    """One resource in a state.

    Attributes:
        address: Its Pulumi name, which is its address.
        type: Its Pulumi type.
        outputs: Its outputs; secrets are hidden.
        secret: The value, of a secret that was generated.
    """

    address: str
    type: str
    outputs: Mapping[str, Any] = field(default_factory=dict)
    secret: str | None = field(default=None, repr=False)


def deployed(stack: auto.Stack) -> list[Deployed]:
    """Read what is deployed in a stack, without the engine's own resources.

    Args:
        stack: The stack.

    Raises:
        pulumi.automation.CommandError: The state cannot be read.
    """
    state = stack.export_stack().deployment or {}
    return [
        Deployed(
            split_urn(one["urn"])[1],
            one["type"],
            without_secrets(one.get("outputs") or {}),
            _generated(one),
        )
        for one in state.get("resources") or ()
        if not one["type"].startswith(_ENGINES_OWN) and not one.get("delete")
    ]


def exported(stack: EngineStack, runner: EngineCommand) -> list[dict[str, Any]]:
    """Give what a stack's state holds, also while the engine works on it; secrets are encrypted.

    Args:
        stack: The stack.
        runner: The engine.

    Raises:
        pulumi.automation.CommandError: The state cannot be read.
    """
    workspace = stack.workspace
    told = runner.beside().run(
        ["stack", "export", "--stack", stack.name], str(workspace.work_dir), workspace.env_vars
    )
    return (json.loads(told.stdout).get("deployment") or {}).get("resources") or []


def at(targets: Collection[str], found: Sequence[Deployed]) -> list[Deployed]:
    """Choose what is deployed at some addresses; everything when there are none.

    Raises:
        UsageError: Nothing is deployed at one of them.
    """
    known = [one.address for one in found]
    for target in targets:
        if not any(is_at(address, target) for address in known):
            raise no_resource(target, known)
    return [one for one in found if not targets or any(is_at(one.address, target) for target in targets)]


def _generated(resource: Mapping[str, Any]) -> str | None:
    """Read the value of a generated secret, and never show it."""
    if resource["type"] != GeneratedSecret.type_token:
        return None
    value = opened((resource.get("outputs") or {}).get("value"))
    if isinstance(value, str):
        keep_secret(value)
        return value
    return None
