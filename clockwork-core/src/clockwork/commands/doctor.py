"""``clockwork doctor``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from clockwork.hook_types import Health, HealthCheck
    from clockwork.ui.text import Line


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--debug", is_flag=True, expose_value=False, help="Show the whole traceback of an error.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Check that everything Clockwork and its plugins need is there."""
    from clockwork.plugins.manager import get
    from clockwork.ui.screen import results

    found = [(check.name, _health(check)) for check in get().results("clockwork_health_checks")]
    if as_json:
        checks = [{"name": name, **asdict(health)} for name, health in found]
        click.echo(json.dumps({"format": 1, "command": "doctor", "checks": checks, "error": None}, indent=2))
    else:
        results().show(_lines(found))
    if not all(health.ok for _name, health in found):
        ctx.exit(1)


def _health(check: HealthCheck) -> Health:
    """Run a check; one that raises is a finding, not the end of the others."""
    from clockwork.hook_types import Health

    try:
        return check.run()
    except Exception as error:  # noqa: BLE001 - a plugin's check may raise anything; it is told as a finding
        return Health(False, f"the check itself failed: {type(error).__name__}: {error}")


def _lines(found: list[tuple[str, Health]]) -> list[Line]:
    from clockwork.ui.text import Span, clean, count, line, pad, width_of

    widest = max((width_of(clean(name)) for name, _health in found), default=0)
    lines = []
    for name, health in found:
        mark = Span("✓", "bold green") if health.ok else Span("✗", "bold red")
        lines.append(line(mark, f" {pad(clean(name), widest)}  {clean(health.message)}"))
        if health.hint and not health.ok:
            lines.append(line(" " * (widest + 4), clean(health.hint)))
    wrong = sum(not health.ok for _name, health in found)
    verdict = f"{count(wrong, 'problem')} found" if wrong else "everything is in order"
    return [*lines, line(), line(Span(verdict, "bold"))]
