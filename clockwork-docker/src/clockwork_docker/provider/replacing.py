"""The container that a new one replaces: set aside until the new one is up, brought back if it is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from clockwork.errors import ProviderError
from clockwork.providers.embedded import Call
from clockwork_docker.client import run
from clockwork_docker.provider.nameless import remove_handed_over
from clockwork_docker.provider.ownership import Owner, claim, mark_of
from clockwork_docker.provider.real import SET_ASIDE, find_container
from clockwork_docker.provider.stopping import stop

if TYPE_CHECKING:
    from docker import APIClient

_NEVER = "0001-01-01T00:00:00Z"


class Predecessor:
    """The earlier container of a resource, if there is one."""

    def __init__(self, api: APIClient, call: Call, owner: Owner) -> None:
        """Know none yet.

        Args:
            api: The engine.
            call: The call that replaces it.
            owner: The resource.
        """
        self._api, self._call, self._owner = api, call, owner
        self._id: str | None = None

    async def step_aside(self) -> None:
        """Set the container aside that the state knows, if there is one and no earlier run has done so."""
        known = await self._call.siblings.own(self._call.urn)
        real = await run(find_container, self._api, known.id) if known else None
        if known is not None and real is not None and self._id is None:
            await self._set_aside(real, known.state.get("destroyGraceSeconds"))

    async def make_way(self, in_the_way: dict[str, Any]) -> None:
        """Free the name of the new container.

        Args:
            in_the_way: This resource's container that has it.
        """
        if self._id is None:
            await self._set_aside(in_the_way, None)
        else:
            # The one that has the name is what a killed run left half made.
            await run(self._api.remove_container, in_the_way["Id"], v=True, force=True)

    async def _set_aside(self, real: dict[str, Any], grace: int | None) -> None:
        """Stop a container and take its name away, so that ports and name are free."""
        name = real["Name"].lstrip("/")
        claim(self._call, "container", name + SET_ASIDE, mark_of(real))
        await run(stop, self._api, real, grace)
        await run(self._api.rename, real["Id"], name + SET_ASIDE)
        self._id = real["Id"]

    @asynccontextmanager
    async def out_of_the_way(self) -> AsyncIterator[None]:
        """Keep it while its successor is made; remove it then, or bring it back when that fails.

        One that an earlier call set aside is kept likewise, from the first moment on.
        """
        self._id = next(iter(await self._aside()), None)
        try:
            yield
        except BaseException as error:
            told = await asyncio.shield(asyncio.ensure_future(self._bring_back()))
            if told and isinstance(error, ProviderError):
                error.message += f"\n{told}"
            raise
        before = await self.known()
        if before is not None:
            await run(self._api.remove_container, before["Id"], v=True, force=True)
            await run(remove_handed_over, self._api, before)

    async def known(self) -> dict[str, Any] | None:
        """Give what the engine says of it; ``None`` when there is none."""
        return await run(find_container, self._api, self._id) if self._id else None

    async def _aside(self) -> list[str]:
        """Look for those that an earlier call set aside."""
        listed = await run(self._api.containers, all=True, filters=self._owner.filters())
        labelled = [one["Id"] for one in listed if any(name.endswith(SET_ASIDE) for name in one["Names"])]
        return labelled + await self._noted()

    async def _noted(self) -> list[str]:
        """Look for those in the journal: what Pulumi's own program made has no labels to find it by."""
        noted = [one for one in self._call.journal.of(self._call.urn) if one.key.endswith(SET_ASIDE)]
        found = [(await run(find_container, self._api, one.key), one.digest) for one in noted]
        return [real["Id"] for real, mark in found if real is not None and mark_of(real) == mark]

    async def _bring_back(self) -> str:
        """Give it its name again and start it; say what came of it."""
        real = await self.known()
        if real is None:
            return ""
        name = real["Name"].lstrip("/").removesuffix(SET_ASIDE)
        claim(self._call, "container", name, mark_of(real))
        await run(self._api.rename, real["Id"], name)
        if real["State"].get("StartedAt", _NEVER) == _NEVER:
            return f"The earlier container {name!r} is there again."
        await run(self._api.start, real["Id"])
        return f"The earlier container {name!r} runs again."
