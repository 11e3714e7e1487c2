"""Whose a thing is: told by what it was marked with when it was made.

Each thing gets a generation of its own, a random text. A thing is ours when the engine's state or the
journal knows its generation, or when it was made from this folder for this stack.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from clockwork.errors import ProviderError
from clockwork.providers.embedded import Call
from clockwork.state.journal import Claim, Journal

GENERATION = "clockwork.generation"
STACK = "clockwork.stack"
FOLDER = "clockwork.folder"
ADDRESS = "clockwork.address"


@dataclass
class _Run:
    """What one run knows beyond the journal."""

    in_state: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)


_runs: WeakKeyDictionary[Journal, _Run] = WeakKeyDictionary()


@dataclass(frozen=True)
class Ownership:
    """What one call may say about whose a thing is.

    Attributes:
        call: The call.
        kind: What the thing is: ``container``, ``network`` or ``volume``.
    """

    call: Call
    kind: str

    def know(self, generation: str) -> None:
        """Remember, for this run, a generation that the engine's state has."""
        self._run.in_state.add(generation)

    def is_ours(self, labels: Mapping[str, str]) -> bool:
        """Tell whether this stack made the thing with these labels."""
        generation = labels.get(GENERATION)
        if generation is None:
            return False
        if generation in self._run.in_state or self._claim_on(generation) is not None:
            return True
        mine = self._marks()
        return all(labels.get(key) == mine[key] for key in (STACK, FOLDER))

    def is_mine(self, labels: Mapping[str, str]) -> bool:
        """Tell whether this very resource made the thing, in this run or an earlier one."""
        return self.is_ours(labels) and labels.get(ADDRESS) == self._marks()[ADDRESS]

    def may_remove(self, labels: Mapping[str, str], generation: str) -> bool:
        """Tell whether a thing is the one to remove, and not its replacement or somebody else's.

        Args:
            labels: The thing's.
            generation: The one that the engine's state has. A killed run may have made a later one.
        """
        found = labels.get(GENERATION)
        return found == generation or (self.is_mine(labels) and found not in self._run.made)

    def claim(self, name: str) -> str:
        """Note a thing before it is made.

        Returns:
            Its generation.
        """
        generation = uuid.uuid4().hex
        self._run.made.add(generation)
        self.call.journal.claim(Claim(self.call.urn, self._journal_kind, generation, name))
        return generation

    def labels(self, generation: str) -> dict[str, str]:
        """What to mark a thing with."""
        return {GENERATION: generation, **self._marks()}

    def check_ours(self, name: str, labels: Mapping[str, str]) -> None:
        """Check that a thing of this name was made by this stack.

        Raises:
            ProviderError: It is somebody else's, and stays as it is.
        """
        if not self.is_ours(labels):
            raise ProviderError(
                f"there is a {self.kind} {name} already, and this stack did not make it",
                address=self.call.name,
                field="name",
                hint=f"Choose another name, or remove it with `{_REMOVING[self.kind]} {name}`.",
            )

    def check_mine(self, name: str, labels: Mapping[str, str]) -> None:
        """Check that a thing of this name was made by this very resource.

        Raises:
            ProviderError: It is somebody else's, or another resource's of this stack.
        """
        self.check_ours(name, labels)
        if not self.is_mine(labels) and labels[GENERATION] not in self._run.in_state:
            raise ProviderError(
                f"the {self.kind} {name} was made by the resource {labels.get(ADDRESS)}",
                address=self.call.name,
                field="name",
                hint="Give the resource that address again, or this one another name.",
            )

    @property
    def _run(self) -> _Run:
        return _runs.setdefault(self.call.journal, _Run())

    def _claim_on(self, generation: str) -> Claim | None:
        return self.call.journal.holds(self._journal_kind, generation)

    @property
    def _journal_kind(self) -> str:
        return f"apple {self.kind}"

    def _marks(self) -> dict[str, str]:
        _urn, _pulumi, stack_and_rest = self.call.urn.split(":", 2)
        stack, project = stack_and_rest.split("::")[:2]
        folder = hashlib.sha256(os.path.realpath(self.call.project).encode()).hexdigest()
        return {
            STACK: _value(f"{project}/{stack}"),
            FOLDER: folder[:32],
            ADDRESS: _value(self.call.name),
        }


def flags_of(labels: Mapping[str, str]) -> list[str]:
    """Write labels as the program takes them; it refuses values that contain ``=``."""
    told = (f"{key}={value}" if value else key for key, value in labels.items() if "=" not in value)
    return [word for label in told for word in ("--label", label)]


def _value(text: str) -> str:
    return text.replace("=", "-")


_REMOVING = {
    "container": "container delete",
    "network": "container network delete",
    "volume": "container volume delete",
}
