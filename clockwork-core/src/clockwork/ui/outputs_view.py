"""The outputs of what is deployed, as a person reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from clockwork.ui.text import Line, Span, clean, line, pad, width_of
from clockwork.ui.values import shown

if TYPE_CHECKING:
    from clockwork.state.deployed import Deployed


def output_lines(found: Sequence[Deployed]) -> list[Line]:
    """Show each deployed resource with its outputs; what is unset, off or empty tells nothing."""
    if not found:
        return [line("nothing is deployed")]
    lines: list[Line] = []
    for one in found:
        lines.append(line(Span(clean(one.address), "bold"), f"  {clean(one.type)}"))
        telling = {name: value for name, value in sorted(one.outputs.items()) if _tells(value)}
        widest = max((width_of(clean(name)) for name in telling), default=0)
        for name, value in telling.items():
            lines.append(line(Span(f"    {pad(clean(name), widest)}  ", "dim"), shown(value)))
    return lines


def _tells(value: Any) -> bool:
    return value is not False and value not in (None, "", [], {})
