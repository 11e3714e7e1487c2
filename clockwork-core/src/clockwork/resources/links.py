"""How a resource hangs together with the others of its file."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clockwork.resources.secret import SecretSource

if TYPE_CHECKING:
    from clockwork.connections import Connection
    from clockwork.resources.group import Group

_numbers = itertools.count(1)


@dataclass
class Links:
    """What is known of a resource beyond its own fields; a copy of the resource has its own.

    Attributes:
        group: The group that the resource was added to.
        secrets: The secrets of the project, by name; known after loading.
        resolved: The addresses of resources whose fields stand in this one's fields, or which it names.
        connections: What the resource needs others for.
        key: What references name until the resource has its address.
    """

    group: Group | None = None
    secrets: Mapping[str, SecretSource] = field(default_factory=dict)
    resolved: frozenset[str] = frozenset()
    connections: list[Connection] = field(default_factory=list)
    key: str = field(default_factory=lambda: f"#{next(_numbers)}")
