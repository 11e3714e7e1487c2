"""The Pulumi component that the children of a group stand under."""

from __future__ import annotations

import pulumi

TYPE_TOKEN = "clockwork:index:Group"


class Component(pulumi.ComponentResource):
    """A node of the state that is nothing by itself."""

    def __init__(self, name: str) -> None:
        """Register the component with the engine; only inside a running program.

        Args:
            name: Its Pulumi name: the group's address.
        """
        super().__init__(TYPE_TOKEN, name)
        self.register_outputs({})
