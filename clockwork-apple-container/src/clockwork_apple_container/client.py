"""What is done with Apple's ``container`` program, in the words of its things."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from clockwork.errors import ProviderError
from clockwork_apple_container.cli import CHANGING, PULLING, run
from clockwork_apple_container.failures import NotFound
from clockwork_apple_container.records import ContainerRecord, NetworkRecord, VolumeRecord, items_in

GRACE_SECONDS = 10
"""How long a container may take to end when it is stopped."""


async def find_container(name: str) -> ContainerRecord | None:
    """Look at a container; ``None`` when there is none of this name."""
    try:
        told = await run("inspect", name)
    except NotFound:
        return None
    # Before 1.0 an unknown name was an empty list.
    return next((ContainerRecord.of(one) for one in items_in(told, "inspect")), None)


async def all_containers() -> list[ContainerRecord]:
    """Look at all containers, also those that are stopped."""
    told = await run("list", "--all", "--format", "json")
    return [ContainerRecord.of(one) for one in items_in(told, "list")]


async def make_container(
    name: str,
    image: str,
    flags: Sequence[str],
    variables: Mapping[str, str],
    *,
    start: bool,
    progress: Callable[[str], object],
) -> None:
    """Make a container, and start it if it is to run.

    Raises:
        AlreadyExists: There is one of this name.
        CommandFailed: It cannot be made or started; none is left.
    """
    command = ["run", "--detach"] if start else ["create"]
    await run(
        *command, "--name", name, *flags, image, seconds=PULLING, variables=variables, progress=progress
    )


async def start_container(name: str) -> None:
    """Start a container; one that runs already is fine."""
    await run("start", name, seconds=CHANGING)


async def stop_container(name: str) -> None:
    """Ask a container to end, and end it if it does not; one that is stopped already is fine."""
    await run("stop", "--time", str(GRACE_SECONDS), name, seconds=CHANGING)


async def remove_container(name: str) -> None:
    """Stop and delete a container; one that is gone is fine.

    Raises:
        ProviderError: It is still there.
    """
    try:
        await stop_container(name)
        await run("delete", "--force", name, seconds=CHANGING)
    except NotFound:
        pass
    if await find_container(name) is not None:
        raise ProviderError(
            f"the container {name} is still there after it was deleted",
            hint=f"Run `container delete --force {name}`; if that fails, start the service anew.",
        )


async def last_log_lines(name: str, lines: int) -> list[str]:
    """Read the end of a container's log, oldest line first; nothing when it never ran or is gone."""
    try:
        told = await run("logs", "-n", str(lines), name)
    except NotFound:
        return []
    return told.splitlines()


async def has_image(image: str) -> bool:
    """Tell whether an image is on this machine."""
    try:
        told = await run("image", "inspect", image)
    except NotFound:
        return False
    return bool(items_in(told, "image inspect"))


async def pull_image(image: str, progress: Callable[[str], object]) -> None:
    """Fetch an image.

    Raises:
        CommandFailed: The registry does not have it, or cannot be reached.
    """
    await run("image", "pull", image, seconds=PULLING, progress=progress)


async def find_network(name: str) -> NetworkRecord | None:
    """Look at a network; ``None`` when there is none of this name."""
    try:
        told = await run("network", "inspect", name)
    except NotFound:
        return None
    return next((NetworkRecord.of(one) for one in items_in(told, "network inspect")), None)


async def find_volume(name: str) -> VolumeRecord | None:
    """Look at a volume; ``None`` when there is none of this name."""
    try:
        told = await run("volume", "inspect", name)
    except NotFound:
        return None
    return next((VolumeRecord.of(one) for one in items_in(told, "volume inspect")), None)


async def make(kind: str, name: str, flags: Sequence[str]) -> None:
    """Make a network or a volume.

    Raises:
        AlreadyExists: There is one of this name.
        CommandFailed: It cannot be made.
    """
    await run(kind, "create", *flags, name, seconds=CHANGING)


async def remove(kind: str, name: str) -> None:
    """Delete a network or a volume; one that is gone is fine.

    Raises:
        CommandFailed: A container still refers to it.
    """
    try:
        await run(kind, "delete", name, seconds=CHANGING)
    except NotFound:
        return
