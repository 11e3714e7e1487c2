"""What the commands on images, networks and volumes have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from support.fake_container import shapes
from support.fake_container.failures import UsageFailure
from support.fake_container.state import Json, Machine
from support.fake_container.usage import read, shape, spellings

Action = Callable[[Machine, Sequence[str]], None]
_SHORT = {"ls": "list", "rm": "delete"}


def run_action(kind: str, actions: Mapping[str, Action], machine: Machine, args: Sequence[str]) -> None:
    """Run ``container KIND ACTION ...``."""
    action, rest = (args[0], args[1:]) if args else ("", ())
    known = actions.get(_SHORT.get(action, action))
    if known is None:
        raise UsageFailure(f"Unexpected argument '{action}'", kind)
    known(machine, rest)


def show_list(
    kind: str,
    args: Sequence[str],
    found: list[Json],
    names: Iterable[str],
    table: Iterable[str],
    **more: str,
) -> None:
    """Run ``container KIND list``: as JSON, as bare names, or as a table.

    Args:
        kind: Such as ``volume``.
        args: What stands behind the command.
        found: The things as JSON.
        names: What ``--quiet`` shows.
        table: The lines that are shown otherwise.
        **more: Further options of this kind's command.
    """
    options = spellings(format="one --format", quiet="flag -q --quiet", **more)
    line = read(f"{kind} list", args, options)
    if shape(f"{kind} list", line) == "json":
        print(shapes.compact(found))
        return
    for shown in names if "quiet" in line.flags else table:
        print(shown)


def listed(names: Iterable[str]) -> str:
    """A list of texts, as Swift prints one."""
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"
