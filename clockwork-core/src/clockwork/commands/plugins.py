"""``clockwork plugins``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from clockwork.commands.answer import Answer, pass_answer
from clockwork.commands.wish import answered

if TYPE_CHECKING:
    from clockwork.plugins.info import PluginInfo


@answered
@click.command()
@click.option("--hook", metavar="NAME", help="List only the plugins that implement this hook.")
@pass_answer
def plugins(answer: Answer, hook: str | None) -> None:
    """List the plugins, what they bring, and what is wrong with them."""
    from clockwork.plugins.manager import get

    infos = get().infos() if hook is None else _with_hook(get().infos(), hook)
    if answer.json:
        answer.give(plugins=[asdict(one) for one in infos])
        return
    for line in _lines(infos):
        click.echo(line)


def _with_hook(infos: list[PluginInfo], hook: str) -> list[PluginInfo]:
    from clockwork.errors import UsageError
    from clockwork.plugins.checks import hook_names, no_such_hook

    if hook not in hook_names():
        raise UsageError(no_such_hook(hook), hint=f"The hooks are {', '.join(hook_names())}.")
    return [info for info in infos if hook in info.hooks]


def _lines(infos: list[PluginInfo]) -> Iterator[str]:
    from clockwork.ui.text import clean

    if not infos:
        yield "no plugin implements this hook"
        return
    names = [clean(info.name) for info in infos]
    releases = [clean(f"{info.distribution} {info.version}".strip()) for info in infos]
    widest_name, widest_release = max(map(len, names)), max(map(len, releases))
    for info, name, release in zip(infos, names, releases, strict=True):
        yield f"{name:{widest_name}}  {release:{widest_release}}  {info.status.value}"
        details = {
            "reason": [info.reason] if info.reason else [],
            "resource types": [", ".join(info.resource_types)] if info.resource_types else [],
            "hooks": [", ".join(info.hooks)] if info.hooks else [],
            "warning": info.warnings,
        }
        for title, texts in details.items():
            for text in texts:
                yield f"  {title}: {clean(text)}"
