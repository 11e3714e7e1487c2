"""The volumes that an image asks for and that have no name: what is in them goes on to the successor.

Each is mounted in the successor by its own name, so the engine no longer counts it as nameless; a label tells
that it is, and it goes when no successor takes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clockwork_docker import sdk
from clockwork_docker.provider.models import ContainerInputs
from clockwork_docker.provider.ownership import VOLUMES

if TYPE_CHECKING:
    from docker import APIClient

_IN_USE = 409


def handed_over(real: Mapping[str, Any], image: Mapping[str, Any], new: ContainerInputs) -> dict[str, str]:
    """Choose what a successor mounts again: the nameless volumes at places where it would get new ones.

    Args:
        real: What the engine says of the earlier container.
        image: What it says of the successor's image.
        new: What the successor should be.

    Returns:
        The volumes by their places in the container.
    """
    asked = {*((image.get("Config") or {}).get("Volumes") or ())}
    given = {
        *(volume.container_path for volume in new.volumes or []),
        *(mount.target for mount in new.mounts or []),
        *(new.tmpfs or ()),
    }
    return {place: name for place, name in _nameless(real).items() if place in asked - given}


def labelled(volumes: Mapping[str, str]) -> dict[str, str]:
    """Give the label by which handed over volumes are known; none without any."""
    return {VOLUMES: ",".join(sorted(volumes.values()))} if volumes else {}


def remove_handed_over(api: APIClient, real: Mapping[str, Any]) -> None:
    """Remove what a removed container had been handed over, unless another container has it now.

    Args:
        api: The engine.
        real: What the engine said of the container.
    """
    for name in _labelled(real):
        try:
            api.remove_volume(name)
        except sdk.NotFound:
            continue
        except sdk.APIError as error:
            if error.status_code != _IN_USE:
                raise


def _nameless(real: Mapping[str, Any]) -> dict[str, str]:
    settings = real.get("HostConfig") or {}
    named = {str(bind).partition(":")[0] for bind in settings.get("Binds") or ()}
    named |= {str(mount.get("Source") or "") for mount in settings.get("Mounts") or ()}
    named -= _labelled(real)
    return {
        mount["Destination"]: mount["Name"]
        for mount in real.get("Mounts") or ()
        if mount.get("Type") == "volume" and mount.get("Name") and mount["Name"] not in named
    }


def _labelled(real: Mapping[str, Any]) -> set[str]:
    told = ((real.get("Config") or {}).get("Labels") or {}).get(VOLUMES, "")
    return {name for name in told.split(",") if name}
