"""What a project's resources need of each other, as a tree, as Mermaid and as DOT."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clockwork.placeholders import placeholders_in
from clockwork.resources.base import Resource
from clockwork.resources.group import Group
from clockwork.resources.order import direct, in_order
from clockwork.ui.text import Line, Span, clean, line, listed


@dataclass(frozen=True)
class Node:
    """Something in the stack.

    Attributes:
        address: Where it stands, or the name of a secret.
        type: Its class.
        needs: The keys of the nodes that it names itself.
        group: The address of the group it is in.
        is_group: Whether others are in it.
    """

    address: str
    type: str
    needs: Sequence[str] = ()
    group: str | None = None
    is_group: bool = False


@dataclass(frozen=True)
class Graph:
    """Resources and the secrets that are made for them, what each is in, and what each needs.

    Attributes:
        nodes: Resources by address, in order of definition, then secrets.
    """

    nodes: Mapping[str, Node]

    @classmethod
    def of(cls, resources: Sequence[Resource]) -> Graph:
        """Look at the relations of resources.

        Raises:
            LoadError: A resource depends on one that is not declared, or, by some way round, on itself.
        """
        in_order(resources)
        known = {resource.address: resource for resource in resources}
        made = {address: _generated(one) for address, one in known.items()}
        secrets = {_key(name): Node(name, "Secret") for names in made.values() for name in names}
        nodes = {
            address: Node(
                address,
                type(one).__name__,
                [
                    *(other for other in direct(one, known, around=False) if other in known),
                    *map(_key, made[address]),
                ],
                one.links.group.address if one.links.group else None,
                isinstance(one, Group),
            )
            for address, one in known.items()
        }
        return cls({**nodes, **secrets})

    def tree(self) -> list[Line]:
        """Draw what is in what, and say what each needs."""
        return [row for one in self._inside(None) for row in self._branch(one, "", "")]

    def mermaid(self) -> list[str]:
        """Write a Mermaid flowchart; arrows lead from what is needed to what needs it."""
        names = {key: f"r{number}" for number, key in enumerate(self.nodes)}
        nodes = [row for key in self._inside(None) for row in self._mermaid(key, names, "  ")]
        return ["flowchart LR", *nodes, *(f"  {names[a]} --> {names[b]}" for a, b in self._arrows())]

    def dot(self) -> list[str]:
        """Write a Graphviz digraph; arrows lead from what is needed to what needs it."""
        nodes = [
            f"  {json.dumps(key)} [label={json.dumps(_label(one, chr(10)))}];"
            for key, one in self.nodes.items()
        ]
        inside = [
            f"  {json.dumps(one.group)} -> {json.dumps(key)} [style=dotted, arrowhead=none];"
            for key, one in self.nodes.items()
            if one.group
        ]
        arrows = [f"  {json.dumps(a)} -> {json.dumps(b)};" for a, b in self._arrows()]
        return ["digraph clockwork {", "  rankdir=LR; node [shape=box];", *nodes, *inside, *arrows, "}"]

    def described(self) -> list[dict[str, Any]]:
        """Describe each resource and secret for a program: what it is in, and what it needs."""
        return [
            {"address": one.address, "type": one.type, "group": one.group, "needs": self._needs(one)}
            for one in self.nodes.values()
        ]

    def _inside(self, group: str | None) -> list[str]:
        return [key for key, one in self.nodes.items() if one.group == group]

    def _needs(self, one: Node) -> list[str]:
        return [self.nodes[key].address for key in one.needs]

    def _arrows(self) -> Iterator[tuple[str, str]]:
        for key, one in self.nodes.items():
            yield from ((other, key) for other in one.needs)

    def _branch(self, key: str, lead: str, below: str) -> Iterator[Line]:
        one = self.nodes[key]
        needed = [clean(other) for other in self._needs(one)]
        after = Span(f"  after {listed(needed)}", "dim") if needed else ""
        yield line(Span(lead, "dim"), Span(clean(one.address), "bold"), f"  {one.type}", after)
        children = self._inside(key) if one.is_group else []
        for child in children:
            last = child is children[-1]
            yield from self._branch(
                child, below + ("└── " if last else "├── "), below + ("    " if last else "│   ")
            )

    def _mermaid(self, key: str, names: Mapping[str, str], indent: str) -> Iterator[str]:
        one = self.nodes[key]
        label = _label(one, "<br/>").replace('"', "#quot;")
        if not one.is_group:
            yield f'{indent}{names[key]}["{label}"]'
            return
        yield f'{indent}subgraph {names[key]}["{label}"]'
        for child in self._inside(key):
            yield from self._mermaid(child, names, indent + "  ")
        yield f"{indent}end"


def _generated(resource: Resource) -> list[str]:
    """Name the secrets in a resource's fields that are made in the stack."""
    secrets = resource.links.secrets
    named = dict.fromkeys(one.body for one in placeholders_in(resource) if one.kind == "secret")
    return [name for name in named if name in secrets and secrets[name].origin == "generated"]


def _key(secret: str) -> str:
    """Tell a secret from a resource of the same name."""
    return f"secret:{secret}"


def _label(one: Node, between: str) -> str:
    return f"{one.address}{between}{one.type}"
