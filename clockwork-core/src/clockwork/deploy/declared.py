"""What the engine says of inputs, in the words that people declare them with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clockwork.providers.embedded import EmbeddedResource


@dataclass(frozen=True)
class Declared:
    """Puts the fields of declared resources in the place of the inputs that they became.

    Attributes:
        kinds: The providers that are known, by Pulumi type; what no provider is known for stays as it is.
        project: The folder of the user's file.
    """

    kinds: Mapping[str, type[EmbeddedResource]] = field(default_factory=dict)
    project: Path = Path()

    def names(self, token: str, inputs: Iterable[str]) -> tuple[str, ...]:
        """Name the fields that inputs of a Pulumi type come from, each once."""
        kind = self.kinds.get(token)
        fields = kind.fields_of_inputs if kind else {}
        return tuple(dict.fromkeys(fields.get(name, name) for name in inputs))

    def values(self, token: str, inputs: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
        """Give the values of fields as people write them.

        Args:
            token: The Pulumi type.
            inputs: All inputs of the thing.
            names: The fields; one that the inputs say nothing of is left out.
        """
        kind = self.kinds.get(token)
        written = kind.as_declared(inputs, self.project) if kind else inputs
        return {name: written[name] for name in names if name in written}
