"""``clockwork doctor``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from clockwork.commands.answer import Answer, pass_answer
from clockwork.commands.wish import answered
from clockwork.errors import ClockworkError

if TYPE_CHECKING:
    from clockwork.hook_types import Health, HealthCheck
    from clockwork.ui.text import Line


@answered
@click.command()
@click.pass_context
@pass_answer
def doctor(answer: Answer, ctx: click.Context) -> None:
    """Check that everything Clockwork and its plugins need is there."""
    from clockwork.plugins.manager import get
    from clockwork.ui.screen import results

    found = [(check.name, _health(check)) for check in get().results("clockwork_health_checks")]
    if answer.json:
        answer.give(checks=[{"name": name, **asdict(health)} for name, health in found])
    else:
        results().show(_lines(found))
    if not all(health.ok for _name, health in found):
        ctx.exit(1)


def _health(check: HealthCheck) -> Health:
    """Run a check; one that raises is a finding, not the end of the others."""
    from clockwork.hook_types import Health

    try:
        return check.run()
    except ClockworkError as error:
        return Health(False, f"{error.where}: {error.message}" if error.where else error.message, error.hint)
    except Exception as error:  # noqa: BLE001 - a plugin's check may raise anything; it is told as a finding
        return Health(False, f"the check itself failed: {type(error).__name__}: {error}")


def _lines(found: list[tuple[str, Health]]) -> list[Line]:
    from clockwork.ui.text import Span, clean, count, line, pad, width_of

    widest = max((width_of(clean(name)) for name, _health in found), default=0)
    lines = []
    for name, health in found:
        mark = Span("✓", "bold green") if health.ok else Span("✗", "bold red")
        hint = "" if health.ok else health.hint or ""
        first, *rest = [clean(part) for part in (*health.message.splitlines(), *hint.splitlines())] or [""]
        lines.append(line(mark, f" {pad(clean(name), widest)}  {first}"))
        lines += [line(" " * (widest + 4), part) for part in rest]
    wrong = sum(not health.ok for _name, health in found)
    verdict = f"{count(wrong, 'problem')} found" if wrong else "everything is in order"
    return [*lines, line(), line(Span(verdict, "bold"))]
