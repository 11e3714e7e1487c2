"""Asking about many resources: independent ones at once, the others after what they depend on."""

from __future__ import annotations

import asyncio
import functools
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from clockwork.completion.conversation import ask
from clockwork.completion.endpoint import Endpoint
from clockwork.completion.model import build_model
from clockwork.completion.report import Failure
from clockwork.completion.tools import Toolbox
from clockwork.errors import ClockworkError
from clockwork.hook_types import Event
from clockwork.nearness import is_near
from clockwork.ui.text import listed

if TYPE_CHECKING:
    from clockwork.completion.work import Work
    from clockwork.completion.workload import Workload
    from clockwork.plugins.manager import PluginManager
    from clockwork.results import CompletionReport
    from clockwork.settings import Settings


_asked_about: ContextVar[str | None] = ContextVar("asked_about", default=None)
"""The resource that the running task asks about; the endpoint, which they share, does not know it."""


class Asking:
    """The questions of one run, and the model that answers them."""

    def __init__(
        self,
        settings: Settings,
        plugins: PluginManager,
        folder: Path,
        report: CompletionReport,
        observe: Callable[[Event], None],
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            settings: The model, its endpoint and the limits.
            plugins: The plugins that reach models and offer tools.
            folder: The project's folder.
            report: Where requests and tokens are counted.
            observe: Told about each event.

        Raises:
            ModelError: There is no way to the model, or it lacks something.
            PluginError: A plugin failed.
        """
        self._endpoint = Endpoint(
            build_model(settings, plugins),
            settings,
            report,
            lambda text: observe(Event("completion.waiting", _asked_about.get(), {"text": text})),
        )
        self._toolbox = Toolbox(plugins, settings.mcp, folder)
        self._at_once = asyncio.Semaphore(_most_at_once(settings))
        self._observe = observe
        self._report = report
        self._turns: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._answered: dict[tuple[str, str], Work | Failure] = {}

    async def complete(
        self,
        workload: Workload,
        addresses: Collection[str],
        failed: Mapping[str, Failure],
        take: Callable[[Work], Awaitable[None]],
        finish: Callable[[Work, str | None], None],
    ) -> list[Failure]:
        """Ask for what resources lack, each after what it depends on.

        Args:
            workload: What has to be done.
            addresses: The resources that are not complete.
            failed: Those whose values of the lock cannot be used; nothing that depends on one is asked.
            take: Takes what the lock holds into a work.
            finish: Told of each work that is done, and the model that was asked; ``None`` when the lock
                answered alone.

        Returns:
            One failure for each resource that could not be completed.
        """
        tasks: dict[str, asyncio.Task[Failure | None]] = {}

        async def outcome(address: str) -> Failure | None:
            needed = workload.needed_by(address)
            if waits_for := [one for one in needed if one in tasks]:
                self._queued(address, f"waiting for {listed(waits_for)}")
            failures = [failed[one] for one in needed if one in failed]
            failures += [one for task in needed if task in tasks and (one := await tasks[task])]
            work = workload.works[address]
            if failures:
                return self._failed(work, failures[0].error)
            if not work.is_ready:
                work = workload.renew(address)
                try:
                    await take(work)
                except ClockworkError as error:
                    return self._failed(work, error)
            if work.asked:
                return await self._asked_in_turn(work, finish)
            finish(work, None)
            return None

        works = [workload.works[address] for address in addresses]
        async with self._endpoint, self._toolbox:
            await self._toolbox.open([work.resource for work in works], workload.known)
            tasks |= {address: asyncio.create_task(outcome(address)) for address in addresses}
            outcomes = await asyncio.gather(*tasks.values(), return_exceptions=True)
        failures: list[Failure] = []
        for one in outcomes:
            if isinstance(one, BaseException):
                raise one
            failures += [one] if one else []
        return failures

    async def _asked_in_turn(self, work: Work, finish: Callable[[Work, str | None], None]) -> Failure | None:
        """Ask about a resource; what is asked in the same words is asked once."""
        words = (work.question.digest, repr(work.held))
        async with self._turns[words]:
            first = self._answered.get(words)
            if isinstance(first, Failure):
                return self._failed(work, first.error)
            if first is None or not await work.takes_answers_of(first):
                failure = await self._asked(work)
                self._answered.setdefault(words, failure or work)
                if failure is not None:
                    return failure
        finish(work, self._endpoint.model_name)
        self._observe(Event("completion.done", work.address, {**self._endpoint.known, **self._spent}))
        return None

    async def _asked(self, work: Work) -> Failure | None:
        _asked_about.set(work.address)
        if self._at_once.locked():
            self._queued(work.address, "waiting for its turn")
        async with self._at_once:
            self._observe(Event("completion.asking", work.address, {"fields": work.asked}))
            try:
                await ask(work, self._endpoint, self._toolbox, functools.partial(self._tell, work))
            except ClockworkError as error:
                return self._failed(work, error)
            finally:
                work.keep(self._endpoint.model_name)
            return None

    @property
    def _spent(self) -> dict[str, int]:
        """What all questions of the run took so far."""
        report = self._report
        return {"calls": report.calls, "tokens": report.input_tokens + report.output_tokens}

    def _queued(self, address: str, text: str) -> None:
        self._observe(Event("completion.queued", address, {"text": text}))

    def _tell(self, work: Work, text: str) -> None:
        self._observe(Event("completion.progress", work.address, {"text": text}))

    def _failed(self, work: Work, error: ClockworkError) -> Failure:
        self._observe(Event("completion.failed", work.address, {"message": error.message}))
        return Failure(work.address, work.lacking, error)


def _most_at_once(settings: Settings) -> int:
    """A local server queues what it cannot serve at once, and a question that waits there times out."""
    usual = 2 if settings.is_inside else 4 if is_near(settings.base_url) else 8
    return settings.completion_concurrency or usual
