"""Any check that can be written as a function."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from clockwork.assertions.base import Assertion, Seen, Subject
from clockwork.assertions.threads import in_thread

Answer = bool | str | None


class PredicateAssert(Assertion):
    """A function says that the resource is as it should be.

    Attributes:
        function: Takes the completed resource. ``True`` or ``None`` passes; ``False``, or a text that
            says what is wrong, does not. It may be async; otherwise it runs in a thread of its own.
    """

    function: Callable[[Any], Answer | Awaitable[Answer]]

    def title(self) -> str:
        """Give the function's name, if it has one."""
        name: str = getattr(self.function, "__name__", "")
        return name if name.isidentifier() else "predicate"

    async def check(self, subject: Subject) -> Seen:
        """Call the function once."""
        if inspect.iscoroutinefunction(self.function):
            answer = await self.function(subject.resource)
        else:
            answer = await in_thread(partial(self.function, subject.resource))
            if inspect.isawaitable(answer):
                answer = await answer
        if answer is None or answer is True:
            return Seen(True, "as it should be")
        if answer is False:
            return Seen(False, "the function returned False")
        if isinstance(answer, str):
            return Seen(False, answer)
        kind = type(answer).__name__
        return Seen(False, f"the function returned {kind}, which is neither bool, text nor None", final=True)
