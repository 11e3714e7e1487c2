"""What providers saw of real things, for as long as nothing has been changed since."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any


class Looks:
    """Answers of providers that only look, so that the same question is not asked twice in a row.

    An apply that nobody is asked about plans and changes in one command of the engine, which asks each
    provider both times. Until the first change the answers are those of the plan; from then on everything
    is looked at again, because a change to one thing may be a change to any other.

    Attributes:
        sees_all_changes: Tells whether every change is made inside :meth:`changing`; nothing is reused else.
    """

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.sees_all_changes: Callable[[], bool] = lambda: False
        self._seen: dict[Hashable, Any] = {}
        self._changes = 0
        self._under_way = 0

    async def once(self, question: Hashable, look: Callable[[], Awaitable[Any]]) -> Any:
        """Look, unless the same was looked at and nothing has been changed since.

        Args:
            question: What is asked, word for word.
            look: Answers it; what it raises is raised, and is not remembered.
        """
        if question in self._seen and self.sees_all_changes():
            return self._seen[question]
        before = self._changes
        answer = await look()
        if before == self._changes and not self._under_way:
            self._seen[question] = answer
        return answer

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Forget what was seen before a change, and remember nothing while it is made."""
        self._seen.clear()
        self._changes += 1
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
