"""What is done to a container, step by step."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clockwork.errors import ProviderError
from clockwork.providers.embedded import Call
from clockwork_docker import sdk
from clockwork_docker.client import run, said
from clockwork_docker.provider.canonical import spec_digest
from clockwork_docker.provider.models import ContainerInputs, NetworkAttachment
from clockwork_docker.provider.nameless import labelled, remove_handed_over
from clockwork_docker.provider.ownership import Owner, claim, new_token
from clockwork_docker.provider.real import (
    MOVED_ASIDE,
    find_container,
    is_running,
    networks_of,
    should_run,
    wanted_networks,
)
from clockwork_docker.provider.refusals import refusal
from clockwork_docker.provider.spec import configuration, endpoint, resources
from clockwork_docker.provider.states import ContainerState
from clockwork_docker.provider.stopping import stop
from clockwork_docker.provider.waiting import start

if TYPE_CHECKING:
    from docker import APIClient
    from docker.errors import APIError

_IN_PROGRESS = 409
_NAMES = "the names of containers"


class Steps:
    """Makes, changes and removes one container."""

    def __init__(self, api: APIClient, call: Call) -> None:
        """Work for a call.

        Args:
            api: The engine.
            call: The call.
        """
        self._api, self._call = api, call

    async def make(
        self,
        new: ContainerInputs,
        name: str,
        owner: Owner,
        image: dict[str, Any],
        volumes: Mapping[str, str],
    ) -> dict[str, Any]:
        """Create a container and start it; nothing of it is left when that fails.

        Args:
            new: What it should be.
            name: Its name, which is free.
            owner: Whose it is.
            image: What the engine says of its image.
            volumes: Those of its predecessor that it gets, by their places in it.

        Returns:
            What the engine says of it.

        Raises:
            ProviderError: It cannot be created, or does not come up.
        """
        token = new_token()
        labels = owner.labels(token, spec_digest(new))
        claim(self._call, "container", name, token)
        body = configuration(new, {**labels, **labelled(volumes)})
        if volumes:
            settings = body.setdefault("HostConfig", {})
            mounted = [f"{volume}:{place}" for place, volume in volumes.items()]
            settings["Binds"] = [*(settings.get("Binds") or ()), *mounted]
        body["Image"] = image["Id"] if new.image.startswith("sha256:") else new.image
        try:
            made = await run(self._api.create_container_from_config, body, name, new.platform)
        except sdk.APIError as error:
            raise self._refused(error, new, "created") from error
        try:
            return await self._complete(made["Id"], new)
        except BaseException:
            await asyncio.shield(asyncio.ensure_future(self._remove_failed(made["Id"])))
            raise

    async def bring_in_line(self, real: dict[str, Any], new: ContainerInputs, name: str) -> dict[str, Any]:
        """Change a container in place to what it should be.

        Args:
            real: What the engine says of it.
            new: What it should be.
            name: What it should be called.

        Returns:
            What the engine says of it then.

        Raises:
            ProviderError: The engine refuses, or it does not come up.
        """
        container = real["Id"]
        try:
            if real["Name"].lstrip("/") != name:
                await self._rename(container, name)
            await run(self._update_resources, container, new)
            await self._bring_networks_in_line(real, new)
        except sdk.APIError as error:
            raise self._refused(error, new, "changed") from error
        if new.start is False:
            await run(stop, self._api, real, new.destroy_grace_seconds)
        elif real["State"].get("Paused"):
            await run(self._api.unpause, container)
        elif should_run(new) and not is_running(real):
            return await start(self._api, container, new, self._call)
        changed: dict[str, Any] = await run(self._api.inspect_container, container)
        return changed

    async def free_name(self, name: str) -> None:
        """Take a name away from a container of the stack that will get another one, or go, later in the run.

        Args:
            name: The name.
        """
        async with self._call.siblings.one_by_one(_NAMES):
            await self._free(name)

    async def _rename(self, container: str, name: str) -> None:
        """Give a container its name; two that change theirs may have each other's."""
        async with self._call.siblings.one_by_one(_NAMES):
            await self._free(name)
            await run(self._api.rename, container, name)

    async def _free(self, name: str) -> None:
        holder = await run(find_container, self._api, name)
        labels = holder["Config"].get("Labels") if holder is not None else None
        if holder is not None and Owner.of(self._call).owns(labels, is_known=True):
            await run(self._api.rename, holder["Id"], name + MOVED_ASIDE)

    async def remove(self, real: dict[str, Any], state: ContainerState | None) -> None:
        """Stop and remove a container, with the volumes that have no name.

        Args:
            real: What the engine says of it.
            state: What is remembered of it.
        """
        await run(stop, self._api, real, state and state.destroy_grace_seconds)
        with_volumes = state is None or state.remove_volumes is not False
        await run(self._remove, real["Id"], with_volumes)
        if with_volumes:
            await run(remove_handed_over, self._api, real)

    async def _complete(self, container: str, new: ContainerInputs) -> dict[str, Any]:
        try:
            for network in (new.networks_advanced or [])[1:]:
                await run(self._connect, container, network)
        except sdk.APIError as error:
            raise self._refused(error, new, "created") from error
        if new.start is False:
            made: dict[str, Any] = await run(self._api.inspect_container, container)
            return made
        return await start(self._api, container, new, self._call)

    async def _remove_failed(self, container: str) -> None:
        real = await run(find_container, self._api, container)
        if real is not None:
            await run(self._remove, container, True)

    def _remove(self, container: str, with_volumes: bool) -> None:
        try:
            self._api.remove_container(container, v=with_volumes, force=True)
        except sdk.NotFound:
            return
        except sdk.APIError as error:
            # A removal that is under way already will end by itself.
            if error.status_code != _IN_PROGRESS:
                raise

    def _update_resources(self, container: str, new: ContainerInputs) -> None:
        """Change limits and restart policy; the SDK's own method knows no NanoCpus."""
        url = f"{self._api.base_url}/v{self._api.api_version}/containers/{container}/update"
        wanted = {name: value for name, value in resources(new).items() if value not in (0, "")}
        response = self._api.post(url, json=wanted, timeout=self._api.timeout)
        try:
            response.raise_for_status()
        except sdk.HTTPError as error:
            sdk.create_api_error_from_http_exception(error)

    async def _bring_networks_in_line(self, real: dict[str, Any], new: ContainerInputs) -> None:
        wanted, found = wanted_networks(new), networks_of(real)
        if wanted is None:
            return
        for name in found.keys() - wanted.keys():
            await run(self._api.disconnect_container_from_network, real["Id"], name)
        for name, network in wanted.items():
            if name in found and not _fits(network, found[name]):
                await run(self._api.disconnect_container_from_network, real["Id"], name)
            if name not in found or not _fits(network, found[name]):
                await run(self._connect, real["Id"], network)

    def _connect(self, container: str, network: NetworkAttachment) -> None:
        settings = endpoint(network)
        addresses = settings.get("IPAMConfig", {})
        self._api.connect_container_to_network(
            container,
            network.name,
            aliases=settings.get("Aliases"),
            ipv4_address=addresses.get("IPv4Address"),
            ipv6_address=addresses.get("IPv6Address"),
        )

    def _refused(self, error: APIError, inputs: ContainerInputs, done: str) -> ProviderError:
        return refusal(inputs, said(error), done, self._call)


def _fits(wanted: NetworkAttachment, found: dict[str, Any]) -> bool:
    has = found.get("IPAMConfig") or {}
    is_there = wanted.ipv4_address in (None, has.get("IPv4Address"))
    return is_there and set(wanted.aliases or ()) <= set(found.get("Aliases") or ())
