"""What every assertion is: a named check that can be repeated until it passes."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, InstanceOf
from pydantic_core import core_schema

from clockwork.placeholders import accept_placeholders

if TYPE_CHECKING:
    from clockwork.containers.readiness import Container
    from clockwork.plugins.manager import PluginManager
    from clockwork.resources.base import Resource


@dataclass(frozen=True)
class Seen:
    """What one look at the real thing found.

    Attributes:
        passed: Whether it is as it should be.
        what: What was seen, in a few words, such as ``HTTP 503 'starting'``.
        final: Whether waiting cannot change it, so that nothing is tried again.
    """

    passed: bool
    what: str
    final: bool = False


@dataclass(frozen=True)
class Subject:
    """The resource that is checked, and ways to look at what was made of it.

    Attributes:
        resource: The completed resource.
        plugins: Asked for what core does not know.
    """

    resource: Resource
    plugins: PluginManager

    def path(self, path: Path) -> Path:
        """Give a path as the resource means it: ``~`` is the home folder, the rest of the project's.

        Args:
            path: As the user wrote it.
        """
        return self.resource.project / path.expanduser()

    def container(self) -> Container | None:
        """Give a view of the resource's container; ``None`` when no plugin knows one.

        Raises:
            PluginError: A plugin failed.
        """
        found: Container | None = self.plugins.first("clockwork_container", resource=self.resource)
        return found


class Assertion(BaseModel):
    """A named check of a deployed resource; derive from it to write one's own.

    It is tried at once and then again, with growing pauses, until it passes or its time is over.

    Attributes:
        name: What is checked, in a few words; made of the other fields when it is left out. Within
            one resource names differ; one that the user writes replaces a plugin's of the same name.
        timeout_seconds: How long it may take to pass; 0 looks once.
        gate: Whether what depends on the resource waits until it passes: in every apply (``True``),
            in ``apply --assert`` (``None``), never (``False``).
        longest_try: The most seconds one try may take, for a kind of check that may hang.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    longest_try: ClassVar[float] = math.inf

    name: str = ""
    timeout_seconds: float = Field(default=10, ge=0, allow_inf_nan=False)
    gate: bool | None = None

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Let every field also take a text that stands for a later value."""
        schema = handler(source)
        accept_placeholders(schema)
        return schema

    def model_post_init(self, _context: object) -> None:
        """Make a name, if the user gave none."""
        if not self.name:
            object.__setattr__(self, "name", self.title())

    @abstractmethod
    def title(self) -> str:
        """Say what is checked, in a few words."""

    def prepare(self) -> None:
        """Import what the check needs; called before its time begins. Nothing unless overridden."""

    @abstractmethod
    async def check(self, subject: Subject) -> Seen:
        """Look at the real thing once.

        Args:
            subject: The resource, and ways to look at what was made of it.

        Returns:
            What was seen. What is raised counts as not passed, and is told as what was seen.
        """


def _distinct(assertions: list[Assertion]) -> list[Assertion]:
    if twice := repeated_name(assertions):
        raise ValueError(f"two assertions are named {twice!r}; give one of them another name=")
    return assertions


def repeated_name(assertions: Sequence[Assertion]) -> str | None:
    """Give the first name that several assertions have; ``None`` when all differ."""
    seen: set[str] = set()
    for assertion in assertions:
        if assertion.name in seen:
            return assertion.name
        seen.add(assertion.name)
    return None


Assertions = Annotated[list[InstanceOf[Assertion]], AfterValidator(_distinct)]
"""The type of a resource's field ``assertions``: a list in which names differ."""
