"""Stops containers without waiting for what cannot come."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clockwork_docker import sdk

if TYPE_CHECKING:
    from docker import APIClient


_PATIENCE = 10
_GONE = 404
_NOT_MODIFIED = 304


def stop(api: APIClient, real: dict[str, Any], grace: int | None) -> None:
    """Stop a container: ask it, wait as long as was wished, then kill it.

    A first process that does not handle the signal never sees it, so waiting for it is in vain:
    it is killed at once.

    Args:
        api: The engine.
        real: What the engine says of the container.
        grace: Seconds to wait; the container's own time when ``None``.
    """
    if not real["State"].get("Running"):
        return
    configured = real["Config"].get("StopTimeout")
    patience = grace if grace is not None else configured if configured is not None else _PATIENCE
    try:
        api.stop(real["Id"], timeout=0 if _is_deaf(real) else patience)
    except sdk.NotFound:
        return
    except sdk.APIError as error:
        if error.status_code not in (_GONE, _NOT_MODIFIED):
            raise


def _is_deaf(real: dict[str, Any]) -> bool:
    """Tell whether the first process is seen from here and leaves the stop signal to the kernel."""
    process = Path("/proc") / str(real["State"].get("Pid") or 0)
    try:
        if real["Id"] not in (process / "cgroup").read_text():
            return False
        status = (process / "status").read_text()
    except OSError:
        return False
    caught = next((line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:")), "")
    return bool(caught) and not int(caught, 16) & 1 << (_number(real) - 1)


def _number(real: dict[str, Any]) -> int:
    named = str(real["Config"].get("StopSignal") or "SIGTERM").upper()
    if named.isdigit():
        return int(named)
    name = named if named.startswith("SIG") else f"SIG{named}"
    return int(getattr(signal, name, signal.SIGTERM))
