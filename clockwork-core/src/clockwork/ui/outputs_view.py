"""The outputs of what is deployed, as a person reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clockwork.ui.text import Line, Span, clean, line, pad, width_of
from clockwork.ui.values import shown

if TYPE_CHECKING:
    from clockwork.state.deployed import Deployed


def output_lines(found: Sequence[Deployed]) -> list[Line]:
    """Show each deployed resource with its outputs."""
    if not found:
        return [line("nothing is deployed")]
    lines: list[Line] = []
    for one in found:
        lines.append(line(Span(clean(one.address), "bold"), f"  {clean(one.type)}"))
        widest = max((width_of(clean(name)) for name in one.outputs), default=0)
        for name, value in sorted(one.outputs.items()):
            lines.append(line(Span(f"    {pad(clean(name), widest)}  ", "dim"), shown(value)))
    return lines
