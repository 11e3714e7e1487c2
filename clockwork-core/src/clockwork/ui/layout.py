"""The columns of a plan: one resource after the other, as wide as the terminal allows."""

from __future__ import annotations

from clockwork.results import Action, ResourceChange, Status
from clockwork.ui.fields import BY_HAND, FieldRow
from clockwork.ui.tense import Tense, style_of, symbol_of, words_of
from clockwork.ui.text import Line, Span, clean, cut, line, listed, pad, width_of, wrap

NARROWEST_VALUE = 28
WIDEST_NAME = 24
WIDEST_WHO = 44
_TELLS_WHY = (Status.PLANNED, Status.DONE)


class Layout:
    """Columns that fit all resources of a plan."""

    def __init__(self, shown: list[tuple[ResourceChange, list[FieldRow]]], width: int) -> None:
        """Measure the columns.

        Args:
            shown: The resources with the rows to show of each.
            width: Columns to fill.
        """
        rows = [row for _change, found in shown for row in found]
        self.width = width
        self.address = max((width_of(clean(change.address)) for change, _rows in shown), default=0)
        self.type = max((width_of(clean(change.type)) for change, _rows in shown), default=0)
        self.name = min(max((width_of(row.name) for row in rows), default=0), WIDEST_NAME)
        who = min(max((width_of(row.who) for row in rows), default=0), WIDEST_WHO)
        wanted = max((width_of(row.value) for row in rows), default=0)
        room = width - self.name - who - 8
        self.narrow = room < NARROWEST_VALUE
        self.value = width - self.name - 6 if self.narrow else min(max(wanted, NARROWEST_VALUE), room)
        self.address = min(self.address, max(12, width // 3))

    def block(self, change: ResourceChange, rows: list[FieldRow], tense: Tense) -> list[Line]:
        """One resource with why it failed, its fields and its notes."""
        lines = [self._head(change, tense)]
        if change.error:
            lines += self._remark("✗", change.error.partition("\n")[0], "red")
        for row in rows:
            lines += self._field(row)
        for note in change.notes:
            lines += self._remark("!", note, "yellow")
        for command in change.unapproved:
            lines += self._command(command)
        return lines

    def _command(self, command: str) -> list[Line]:
        """Show a whole command, line for line: nothing of it may be hidden from who says yes to it."""
        told = self._remark("!", "a model had a part in this command; it runs only after your yes:", "yellow")
        rows = [part for row in command.splitlines() for part in wrap(clean(row), self.width - 8) or [""]]
        return [*told, *(line(Span(f"        {row}", "bold")) for row in rows)]

    def _remark(self, sign: str, text: str, style: str) -> list[Line]:
        first, *rest = wrap(clean(text), self.width - 6)
        return [
            line(Span(f"    {sign} {first}", style)),
            *(line(Span(f"      {part}", style)) for part in rest),
        ]

    def _head(self, change: ResourceChange, tense: Tense) -> Line:
        style = style_of(change)
        action = words_of(change, tense)
        if change.action is Action.REPLACE and change.changed and change.status in _TELLS_WHY:
            reasons = dict.fromkeys(change.reasons or change.changed)
            is_done = change.status is Status.DONE
            verb = "changed" if is_done else "changes" if len(reasons) == 1 else "change"
            action += f", because {listed(clean(name) for name in reasons)} {verb}"
        what = f"{pad(clean(change.address), self.address)}  {pad(clean(change.type), self.type)}"
        gap = "  " if self.narrow else "  " + " " * max(0, self.name + self.value + 4 - width_of(what))
        named = Span(f"{symbol_of(change)} ", f"bold {style}"), Span(what, style)
        return line(*named, gap, Span(action, style))

    def _field(self, row: FieldRow) -> list[Line]:
        parts = wrap(row.value, self.value)
        name = pad(cut(row.name, self.name), self.name)
        indent = " " * (self.name + 6)
        lines = []
        for index, part in enumerate(parts):
            label = Span(f"    {name}  ", "dim") if index == 0 else Span(indent)
            who = index == 0 and not self.narrow and row.who
            lines.append(
                line(label, pad(part, self.value), "  ", _who(row.who)) if who else line(label, part)
            )
        if self.narrow and row.who:
            lines.append(line(indent, _who(row.who)))
        for part in row.difference:
            style = {"+": "green", "-": "red"}.get(part[:1], "dim")
            lines.append(line(indent, Span(cut(part, max(20, self.width - len(indent))), style)))
        return lines


def _who(words: str) -> Span:
    if words == BY_HAND:
        return Span(words, "yellow")
    return Span(cut(words, WIDEST_WHO), "cyan" if words.startswith("model") else "dim")
