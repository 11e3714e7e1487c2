"""What a project's resources need of each other, as a tree, as Mermaid and as DOT."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clockwork.resources.base import Resource
from clockwork.resources.group import Group
from clockwork.resources.order import direct
from clockwork.ui.text import Line, Span, clean, line, listed


@dataclass(frozen=True)
class Graph:
    """Resources, what each is in, and what each needs.

    Attributes:
        resources: The resources by address, in order of definition.
        needs: For each address the addresses that it names itself.
    """

    resources: Mapping[str, Resource]
    needs: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, resources: Sequence[Resource]) -> Graph:
        """Look at the relations of resources."""
        known = {resource.address: resource for resource in resources}
        return cls(known, {address: direct(one, known, around=False) for address, one in known.items()})

    def tree(self) -> list[Line]:
        """Draw what is in what, and say what each needs."""
        return [row for one in self._inside(None) for row in self._branch(one, "", "")]

    def mermaid(self) -> list[str]:
        """Write a Mermaid flowchart; arrows lead from what is needed to what needs it."""
        names = {address: f"r{number}" for number, address in enumerate(self.resources)}
        nodes = [row for one in self._inside(None) for row in self._mermaid(one, names, "  ")]
        return ["flowchart LR", *nodes, *(f"  {names[a]} --> {names[b]}" for a, b in self._arrows())]

    def dot(self) -> list[str]:
        """Write a Graphviz digraph; arrows lead from what is needed to what needs it."""
        nodes = [
            f"  {json.dumps(address)} [label={json.dumps(_label(one, chr(10)))}];"
            for address, one in self.resources.items()
        ]
        inside = [
            f"  {json.dumps(group.address)} -> {json.dumps(address)} [style=dotted, arrowhead=none];"
            for address, one in self.resources.items()
            if (group := one.links.group)
        ]
        arrows = [f"  {json.dumps(a)} -> {json.dumps(b)};" for a, b in self._arrows()]
        return ["digraph clockwork {", "  rankdir=LR; node [shape=box];", *nodes, *inside, *arrows, "}"]

    def described(self) -> list[dict[str, Any]]:
        """Describe each resource for a program: what it is in, and what it needs."""
        return [
            {
                "address": address,
                "type": type(one).__name__,
                "group": one.links.group.address if one.links.group else None,
                "needs": list(self.needs[address]),
            }
            for address, one in self.resources.items()
        ]

    def _inside(self, group: Group | None) -> list[Resource]:
        return [one for one in self.resources.values() if one.links.group is group]

    def _arrows(self) -> Iterator[tuple[str, str]]:
        for address, needed in self.needs.items():
            yield from ((other, address) for other in needed if other in self.resources)

    def _branch(self, one: Resource, lead: str, below: str) -> Iterator[Line]:
        needed = [clean(other) for other in self.needs[one.address]]
        after = Span(f"  after {listed(needed)}", "dim") if needed else ""
        yield line(Span(lead, "dim"), Span(clean(one.address), "bold"), f"  {type(one).__name__}", after)
        children = self._inside(one) if isinstance(one, Group) else []
        for child in children:
            last = child is children[-1]
            yield from self._branch(
                child, below + ("└── " if last else "├── "), below + ("    " if last else "│   ")
            )

    def _mermaid(self, one: Resource, names: Mapping[str, str], indent: str) -> Iterator[str]:
        label = _label(one, "<br/>").replace('"', "#quot;")
        if not isinstance(one, Group):
            yield f'{indent}{names[one.address]}["{label}"]'
            return
        yield f'{indent}subgraph {names[one.address]}["{label}"]'
        for child in self._inside(one):
            yield from self._mermaid(child, names, indent + "  ")
        yield f"{indent}end"


def _label(one: Resource, between: str) -> str:
    return f"{one.address}{between}{type(one).__name__}"
