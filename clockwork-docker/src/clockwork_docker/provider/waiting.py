"""Starts a container and waits until it runs, or is healthy; says what it said when it dies."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clockwork.errors import ProviderError
from clockwork.providers.embedded import Call
from clockwork_docker import sdk
from clockwork_docker.client import run, said
from clockwork_docker.provider.models import ContainerInputs
from clockwork_docker.provider.ports import port_taken
from clockwork_docker.provider.refusals import refusal

if TYPE_CHECKING:
    from docker import APIClient

SETTLED = 0.5
"""Seconds a container without a health check must live before it counts as running."""

_PATIENCE = 60
_LINES = 10


async def start(api: APIClient, container: str, inputs: ContainerInputs, call: Call) -> dict[str, Any]:
    """Start a container and wait for it.

    Args:
        api: The engine.
        container: Its id.
        inputs: What it should be.
        call: Told what is waited for.

    Returns:
        What the engine says of it once it is up.

    Raises:
        ProviderError: It cannot start, dies at once, or does not become healthy.
    """
    try:
        await run(api.start, container)
    except sdk.APIError as error:
        taken = await run(port_taken, api, inputs, said(error), call)
        raise taken or refusal(inputs, said(error), "started", call) from error
    return await _until_up(api, container, inputs, call)


async def _until_up(api: APIClient, container: str, inputs: ContainerInputs, call: Call) -> dict[str, Any]:
    began, pause = time.monotonic(), 0.05
    patience = inputs.wait_timeout or _PATIENCE
    while True:
        real: dict[str, Any] = await run(api.inspect_container, container)
        waited = time.monotonic() - began
        if inputs.must_run is not False and _has_died(real):
            raise await run(_died, api, real, call)
        if inputs.must_run is False and not real["State"]["Running"]:
            return real
        health = _health(real) if inputs.wait is not False else None
        if health == "healthy" or (health is None and waited >= SETTLED):
            return real
        if health == "unhealthy" or (health is not None and waited > patience):
            raise await run(_unhealthy, api, real, health, patience, call)
        if health is None:
            await asyncio.sleep(SETTLED - waited)
            continue
        call.progress("waiting until it is healthy", None)
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, 0.5)


def log_lines(api: APIClient, container: str, number: int) -> list[str]:
    """Give the last lines that a container said, oldest first.

    Args:
        api: The engine.
        container: Its id or name.
        number: How many lines at most.
    """
    try:
        told: bytes = api.logs(container, tail=number, stdout=True, stderr=True)
    except sdk.APIError:
        return []  # it is gone, or its logging driver cannot be read
    return told.decode("utf-8", errors="replace").splitlines()


def _last_words(api: APIClient, container: str) -> str:
    return "".join(f"\n  {line}" for line in log_lines(api, container, _LINES))


def _has_died(real: Mapping[str, Any]) -> bool:
    state = real["State"]
    return bool(not state["Running"] or state.get("Restarting") or real.get("RestartCount"))


def _health(real: Mapping[str, Any]) -> str | None:
    status = (real["State"].get("Health") or {}).get("Status")
    return None if status in (None, "", "none") else str(status)


def _died(api: APIClient, real: Mapping[str, Any], call: Call) -> ProviderError:
    state = real["State"]
    code = state.get("ExitCode")
    said_last = _last_words(api, real["Id"])
    why = "it used more memory than it may" if state.get("OOMKilled") else state.get("Error") or ""
    message = f"the container ended at once, with exit code {code}{': ' + why if why else ''}"
    told = f"; its last words:{said_last}" if said_last else "; it said nothing"
    return ProviderError(
        message + told,
        address=call.name,
        hint="A container lives as long as its command; correct the command, the environment or the image.",
    )


def _unhealthy(
    api: APIClient, real: Mapping[str, Any], health: str | None, patience: float, call: Call
) -> ProviderError:
    probes = (real["State"].get("Health") or {}).get("Log") or []
    seen = str(probes[-1].get("Output", "")).strip() if probes else ""
    message = "it is unhealthy" if health == "unhealthy" else f"it is not healthy after {patience:.0f} s"
    probe = f"; its last health check said: {seen}" if seen else ""
    said_last = _last_words(api, real["Id"])
    told = f"; its last words:{said_last}" if said_last else ""
    return ProviderError(
        message + probe + told, address=call.name, hint="Correct the health check or what it checks."
    )
