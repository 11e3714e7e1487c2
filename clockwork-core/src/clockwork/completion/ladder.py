"""The ways of asking for a structured answer, tried in turn until the endpoint takes one."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_ai.models import Model
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles import ModelProfile, merge_profile

from clockwork.completion.refusals import Refusals

_MODES = {
    "native": ModelProfile(default_structured_output_mode="native"),
    "tool": ModelProfile(default_structured_output_mode="tool"),
    "tool-auto": ModelProfile(default_structured_output_mode="tool", supports_forced_tool_choice=False),
    "prompted": ModelProfile(default_structured_output_mode="prompted"),
    "text": ModelProfile(),
}
HEAD_START = 0.1
"""Seconds that other questions give the first one, in which an endpoint can refuse how it is asked."""
_LOCAL_ORDER = ("native", "tool", "tool-auto", "prompted", "text")
_REMOTE_ORDER = ("tool", "tool-auto", "native", "prompted", "text")


class ModeRefusedError(Exception):
    """The endpoint, or its model, cannot answer in the mode that was tried.

    Attributes:
        error: What showed it.
        is_hard: Whether the endpoint said so itself, for whatever is asked.
    """

    def __init__(self, error: Exception, *, is_hard: bool = False) -> None:
        super().__init__(str(error))
        self.error = error
        self.is_hard = is_hard


@dataclass(frozen=True)
class Rung:
    """One way of asking.

    Attributes:
        mode: Its name, such as ``native``.
        model: The model that asks this way.
        is_fallback: Whether other ways are tried before it.
        is_last: Whether no other way follows it.
    """

    mode: str
    model: Model
    is_fallback: bool = False
    is_last: bool = True

    @property
    def is_text(self) -> bool:
        """Whether the answer is a plain text, and JSON is read out of it."""
        return self.mode == "text"

    @property
    def answers_in_text(self) -> bool:
        """Whether the answer is the text of a message, and not a call of a tool."""
        return self.mode in ("native", "prompted", "text")


class Ladder:
    """The ways of asking one endpoint, and the one that is known to work.

    Until one is known, one question climbs the ladder. An endpoint refuses a way at once as a rule, so the
    others give it a moment; then they ask in the first way, too, and climb further only when nobody else
    does. What the endpoint itself refused on the way is remembered for the runs to come, once another way
    was found.
    """

    def __init__(self, rungs: Sequence[Rung], refusals: Refusals | None = None) -> None:
        self._rungs = rungs
        self._refusals = refusals
        self._refused: set[str] = set()
        self._settled: int | None = None
        self._probing = asyncio.Lock()
        self._probed = asyncio.Event()

    @classmethod
    def of(cls, model: Model, *, local: bool) -> Ladder:
        """Make the ladder of a model.

        A model of another kind than OpenAI's chat API knows itself how it is asked best.

        Args:
            model: The model, as its backend built it.
            local: Whether it is served on this machine or network: there the JSON schema comes first.

        Raises:
            EngineError: ``CW_CACHE_DIR``, in which refusals are remembered, is in the home folder of nobody.
        """
        if not isinstance(model, OpenAIChatModel):
            return cls([Rung("own", model)])
        refusals = Refusals.of(model.base_url, model.model_name)
        known = refusals.modes()
        everything = _LOCAL_ORDER if local else _REMOTE_ORDER
        order = [mode for mode in everything if mode not in known] or everything
        rungs = [
            Rung(mode, _in_mode(model, _MODES[mode]), mode != order[0], mode == order[-1]) for mode in order
        ]
        return cls(rungs, refusals)

    @property
    def is_settled(self) -> bool:
        """Whether a way that works is known."""
        return self._settled is not None

    @property
    def mode(self) -> str:
        """The name of the way that is known to work, or else of the one that is tried first."""
        return self._rungs[self._settled or 0].mode

    def settle(self, rung: Rung) -> None:
        """Remember that a way of asking works."""
        if self._settled is None:
            self._settled = self._rungs.index(rung)
            self._probed.set()
            if self._refusals is not None:
                self._refusals.add(self._refused)

    async def climb(self, attempt: Callable[[Rung], Awaitable[None]]) -> None:
        """Ask in the known way, or in each way until one is taken.

        Args:
            attempt: Asks in one way; raises :class:`ModeRefusedError` when that way does not work.

        Raises:
            Exception: What ``attempt`` raised; of several refusals, the last one's error.
        """
        start = 0
        if self._probing.locked() and not await self._is_known_soon():
            try:
                return await attempt(self._rungs[0])
            except ModeRefusedError as error:
                self._refuse(self._rungs[0], error)
                if len(self._rungs) == 1:
                    raise error.error from None
                start = 1
        if not self._probed.is_set():
            async with self._probing:
                if not self._probed.is_set():
                    return await self._probe(attempt, start)
        return await self._climb(attempt, start)

    async def _is_known_soon(self) -> bool:
        """Wait a moment for the question that climbs; tell whether it came to an end, or found a way."""
        try:
            async with asyncio.timeout(HEAD_START):
                return await self._probed.wait()
        except TimeoutError:
            return False

    async def _probe(self, attempt: Callable[[Rung], Awaitable[None]], start: int) -> None:
        try:
            await self._climb(attempt, start)
        finally:
            self._probed.set()

    async def _climb(self, attempt: Callable[[Rung], Awaitable[None]], start: int) -> None:
        refused: ModeRefusedError | None = None
        for rung in self._rungs[max(self._settled or 0, start) :]:
            try:
                return await attempt(rung)
            except ModeRefusedError as error:
                refused = error
                self._refuse(rung, error)
        assert refused is not None
        raise refused.error

    def _refuse(self, rung: Rung, error: ModeRefusedError) -> None:
        if error.is_hard and self._settled is None:
            self._refused.add(rung.mode)


def _in_mode(model: OpenAIChatModel, mode: ModelProfile) -> Model:
    asking: Any = copy.copy(model)
    asking.profile = merge_profile(model.profile, mode)
    return asking  # type: ignore[no-any-return]
