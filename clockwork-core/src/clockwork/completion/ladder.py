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

_MODES = {
    "native": ModelProfile(default_structured_output_mode="native"),
    "tool": ModelProfile(default_structured_output_mode="tool"),
    "tool-auto": ModelProfile(default_structured_output_mode="tool", supports_forced_tool_choice=False),
    "prompted": ModelProfile(default_structured_output_mode="prompted"),
}
_LOCAL_ORDER = ("native", "tool", "tool-auto", "prompted")
_REMOTE_ORDER = ("tool", "tool-auto", "native", "prompted")


class ModeRefusedError(Exception):
    """The endpoint, or its model, cannot answer in the mode that was tried.

    Attributes:
        error: What showed it.
    """

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass(frozen=True)
class Rung:
    """One way of asking.

    Attributes:
        mode: Its name, such as ``native``.
        model: The model that asks this way.
        fallback: Whether another way was refused before it.
    """

    mode: str
    model: Model
    fallback: bool


class Ladder:
    """The ways of asking one endpoint, and the one that is known to work.

    Until one is known, one question at a time climbs the ladder and the others wait for it.
    """

    def __init__(self, rungs: Sequence[Rung]) -> None:
        self._rungs = rungs
        self._settled: int | None = None
        self._probing = asyncio.Lock()

    @classmethod
    def of(cls, model: Model, *, local: bool) -> Ladder:
        """Make the ladder of a model.

        A model of another kind than OpenAI's chat API knows itself how it is asked best.

        Args:
            model: The model, as its backend built it.
            local: Whether it is served on this machine or network: there the JSON schema comes first.
        """
        if not isinstance(model, OpenAIChatModel):
            return cls([Rung("own", model, fallback=False)])
        order = _LOCAL_ORDER if local else _REMOTE_ORDER
        return cls([Rung(mode, _in_mode(model, _MODES[mode]), mode != order[0]) for mode in order])

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

    async def climb(self, attempt: Callable[[Rung], Awaitable[None]]) -> None:
        """Ask in the known way, or in each way until one is taken.

        Args:
            attempt: Asks in one way; raises :class:`ModeRefusedError` when that way does not work.

        Raises:
            Exception: What ``attempt`` raised; of several refusals, the last one's error.
        """
        if self._settled is None:
            async with self._probing:
                if self._settled is None:
                    return await self._climb(attempt)
        return await self._climb(attempt)

    async def _climb(self, attempt: Callable[[Rung], Awaitable[None]]) -> None:
        refused: ModeRefusedError | None = None
        for rung in self._rungs[self._settled or 0 :]:
            try:
                return await attempt(rung)
            except ModeRefusedError as error:
                refused = error
        assert refused is not None
        raise refused.error


def _in_mode(model: OpenAIChatModel, mode: ModelProfile) -> Model:
    asking: Any = copy.copy(model)
    asking.profile = merge_profile(model.profile, mode)
    return asking  # type: ignore[no-any-return]
