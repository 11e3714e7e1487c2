"""Images of the engine: found, pulled with progress, built."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clockwork.containers.names import image_name
from clockwork.errors import ProviderError
from clockwork.providers.embedded import Call
from clockwork_docker import sdk
from clockwork_docker.build_context import packed
from clockwork_docker.client import run, said
from clockwork_docker.provider.canonical import without_digest
from clockwork_docker.provider.models import Build

if TYPE_CHECKING:
    from docker import APIClient

_LOGIN = ("denied", "unauthorized", "no basic auth", "authentication required", "forbidden")
_MISSING = ("manifest unknown", "not found", "does not exist", "invalid reference", "no matching manifest")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_guard = threading.Lock()
_under_way: dict[str, threading.Lock] = {}


async def have_image(api: APIClient, name: str, platform: str | None, call: Call) -> dict[str, Any]:
    """Give an image of the engine; pull it where the engine does not have it.

    Args:
        api: The engine.
        name: The image, as people write it.
        platform: Such as ``linux/amd64``; the engine's own when ``None``.
        call: Told of the progress and of the digest.

    Raises:
        ProviderError: It cannot be had; the message says whether it is missing or a login is.
    """
    found = await run(find_image, api, name)
    if found is not None:
        return found
    if name.startswith("sha256:"):
        raise ProviderError(
            f"the engine has no image {name}",
            address=call.name,
            field="image",
            hint="It was removed by hand; `clockwork apply` builds or pulls it again.",
        )
    stopping = threading.Event()
    try:
        return await run(_pull_once, api, name, platform, call, stopping)
    except asyncio.CancelledError:
        stopping.set()
        raise


def find_image(api: APIClient, name: str) -> dict[str, Any] | None:
    """Look an image up in the engine; ``None`` when it is not there."""
    try:
        found: dict[str, Any] = api.inspect_image(name)
    except sdk.ImageNotFound:
        return None
    return found


def tell_of_missing_image(api: APIClient, name: str, call: Call) -> None:
    """Say that an image is neither here nor known to its registry, as far as that could be asked.

    Args:
        api: The engine.
        name: The image; one that its registry knows is pinned to a digest.
        call: Told of it.
    """
    if "@" not in name and not name.startswith("sha256:") and find_image(api, name) is None:
        call.note(f"the engine does not have {name}, and its registry has not confirmed it")


def repo_digest(image: Mapping[str, Any], name: str) -> str | None:
    """Give the digest under which an image's registry knows it; ``None`` for one that was made here."""
    repository = image_name(name).rpartition("@")[0] or image_name(name).rpartition(":")[0]
    for digest in image.get("RepoDigests") or []:
        if image_name(digest).partition("@")[0] == repository:
            return str(digest)
    return None


async def build_image(api: APIClient, name: str, build: Build, context: str, call: Call) -> dict[str, Any]:
    """Build an image and give it its name.

    Args:
        api: The engine.
        name: The image's name.
        build: How it is built.
        context: The real folder.
        call: Told of each step.

    Raises:
        ProviderError: The build failed; the message holds its last lines.
    """
    return await run(_build, api, name, build, context, call)


def _build(api: APIClient, name: str, build: Build, context: str, call: Call) -> dict[str, Any]:
    try:
        with packed(Path(context), build.dockerfile) as (archive, dockerfile):
            lines = api.build(
                fileobj=archive,
                custom_context=True,
                dockerfile=dockerfile,
                tag=name,
                buildargs=build.build_args,
                labels=build.label,
                target=build.target,
                platform=build.platform,
                nocache=bool(build.no_cache),
                pull=bool(build.pull_parent),
                rm=True,
                forcerm=True,
                decode=True,
            )
            _follow_build(lines, call)
    except (sdk.APIError, sdk.BuildError, TypeError, OSError) as error:
        reason = said(error) if isinstance(error, sdk.APIError) else str(error)
        raise ProviderError(
            f"the image {name!r} cannot be built from {context}: {reason}",
            address=call.name,
            field="build",
            hint="Correct the Dockerfile or the folder.",
        ) from error
    for tag in build.tags or []:
        repository, own_tag = sdk.parse_repository_tag(tag)
        api.tag(name, repository, own_tag)
    built: dict[str, Any] = api.inspect_image(name)
    return built


def _follow_build(lines: Iterable[Mapping[str, Any]], call: Call) -> None:
    told: list[str] = []
    for line in lines:
        text = str(line.get("stream") or "").strip()
        if text:
            told.append(text)
            if text.startswith("Step "):
                call.progress(f"building: {text}", None)
        if "error" in line:
            raise sdk.BuildError(_COLOURS.sub("", "\n".join([*told[-5:], str(line["error"])])), iter(()))


def _pull_once(
    api: APIClient, name: str, platform: str | None, call: Call, stopping: threading.Event
) -> dict[str, Any]:
    """Pull an image; who wants the same one at the same time waits for the first."""
    with _guard:
        turn = _under_way.setdefault(name, threading.Lock())
    with turn:
        found = find_image(api, name)
        if found is not None:
            return found
        _pull(api, name, platform, call, stopping)
        pulled: dict[str, Any] = api.inspect_image(name)
    digest = repo_digest(pulled, name) or pulled["Id"]
    call.note(f"pulled {without_digest(name)} ({digest.rpartition('@')[2]})")
    return pulled


def _pull(api: APIClient, name: str, platform: str | None, call: Call, stopping: threading.Event) -> None:
    """Pull an image; one that is pinned is pulled by its digest, and then has its tag as from any pull."""
    named, _, digest = name.partition("@")
    repository, tag = sdk.parse_repository_tag(named)
    call.progress(f"pulling {named}", None)
    try:
        wanted = digest or tag or "latest"
        lines = api.pull(repository, tag=wanted, stream=True, decode=True, platform=platform)
        _follow_pull(lines, lambda part: call.progress(f"pulling {named}", part), stopping)
        if digest and tag and not stopping.is_set():
            api.tag(f"{repository}@{digest}", repository, tag)
    except sdk.DockerException as error:
        reason = said(error) if isinstance(error, sdk.APIError) else str(error)
        raise not_pulled(name, reason, call.name) from error


def _follow_pull(
    lines: Iterable[Mapping[str, Any]], tell: Callable[[float], None], stopping: threading.Event
) -> None:
    layers: dict[str, tuple[float, float]] = {}
    for line in lines:
        if stopping.is_set():
            return
        if "error" in line:
            raise sdk.DockerException(str(line["error"]))
        detail = line.get("progressDetail") or {}
        if line.get("status") == "Downloading" and detail.get("total"):
            layers[str(line.get("id"))] = (float(detail["current"]), float(detail["total"]))
            whole = sum(total for _, total in layers.values())
            tell(sum(current for current, _ in layers.values()) / whole)


def not_pulled(name: str, reason: str, address: str) -> ProviderError:
    """Say why an image cannot be had, and what to do.

    Args:
        name: The image.
        reason: What the engine or the registry said.
        address: The resource that wants it.
    """
    registry = image_name(name).partition("/")[0]
    words = reason.lower()
    if any(word in words for word in _LOGIN):
        message = f"the registry {registry} does not give {name!r} without a login, or does not have it"
        hint = f"Log in with `docker login {registry}`, or correct the name."
    elif any(word in words for word in _MISSING):
        message = f"the image {name!r} does not exist at {registry}"
        hint = "Correct its name or its tag, or build it."
        if "@" in name:
            hint = "Its registry dropped it: `clockwork lock --upgrade-images` pins what the tag means now."
    else:
        message = f"the image {name!r} cannot be pulled from {registry}"
        hint = "Check the network and the registry, then apply again."
    return ProviderError(f"{message}: {reason}", address=address, field="image", hint=hint)
