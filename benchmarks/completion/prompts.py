"""The prompts, and the resources that are asked about."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clockwork import Resource

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Prompt:
    """One wish of a person, and what its answer must be.

    Attributes:
        name: What it is called in the results; also the resource's address.
        kind: ``files`` or ``containers``.
        wants: The person's words.
        checks: What the answer must be, by the names in :mod:`completion.checks`.
        given: Fields that the person decides, because the guard leaves them to nobody else.
        held_out: Whether it is kept aside while prompts are improved.
    """

    name: str
    kind: str
    wants: str
    checks: Mapping[str, Any]
    given: Mapping[str, Any] = field(default_factory=dict)
    held_out: bool = False

    def resource(self) -> Resource:
        """Make the resource, with nothing decided but the words and what must be."""
        from clockwork_docker.resource import DockerResource
        from clockwork_file.resource import FileResource

        kind = FileResource if self.kind == "files" else DockerResource
        return kind(description=self.wants, **self.given)


def prompts() -> Iterator[Prompt]:
    """Give all prompts, in their order."""
    for kind in ("files", "containers"):
        table = tomllib.loads((_HERE / f"{kind}.toml").read_text(encoding="utf-8"))
        for one in table["prompt"]:
            yield Prompt(kind=kind, **one)
