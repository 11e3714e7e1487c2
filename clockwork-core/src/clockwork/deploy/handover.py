"""What Pulumi's own provider programs must not do to things that Clockwork's providers made."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from clockwork.errors import StateError
from clockwork.state.deployed import Deployed

_PROGRAMS_MARK = "__meta"
"""What Pulumi's programs write into everything that they remember."""


def refuse_to_look(found: Sequence[Deployed], left_out: Collection[str]) -> None:
    """Keep Pulumi's programs from looking at real things that embedded providers made.

    They would take the marks by which Clockwork knows its things for changes by hand, and make the
    things anew: a volume would lose what is in it.

    Args:
        found: What the stack's state holds.
        left_out: The packages that embedded providers could serve, and Pulumi's programs do.

    Raises:
        StateError: There is such a thing.
    """
    for one in found:
        if one.type.split(":")[0] in left_out and _PROGRAMS_MARK not in one.outputs:
            raise StateError(
                "Clockwork's own provider made it; Pulumi's program would take Clockwork's marks on it for "
                "changes by hand, and make it anew",
                address=one.address,
                hint="Refresh with --providers embedded; then go on with official, without a refresh.",
            )
