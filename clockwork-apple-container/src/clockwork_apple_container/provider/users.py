"""Networks and volumes go only when no container refers to them, not even a stopped one."""

from __future__ import annotations

from clockwork.errors import ProviderError
from clockwork_apple_container import client
from clockwork_apple_container.failures import CommandFailed
from clockwork_apple_container.records import ContainerRecord


async def remove_unused(kind: str, name: str) -> None:
    """Remove a network or a volume; one that is gone is fine.

    Args:
        kind: ``network`` or ``volume``.
        name: Its name.

    Raises:
        ProviderError: Containers refer to it; the message names them.
    """
    try:
        await client.remove(kind, name)
    except CommandFailed as error:
        users = sorted(one.name for one in await client.all_containers() if _refers(one, kind, name))
        if not users:
            raise
        raise ProviderError(
            f"the {kind} {name} cannot be removed: {', '.join(users)} "
            f"{'refers' if len(users) == 1 else 'refer'} to it",
            hint=f"Give the changed {kind} another name, so that its containers move to it; "
            f"or remove them first.",
        ) from error


def _refers(container: ContainerRecord, kind: str, name: str) -> bool:
    if kind == "network":
        return name in container.networks
    return name in {mount.source for mount in container.mounts if mount.is_volume}
