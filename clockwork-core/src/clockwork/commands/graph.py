"""``clockwork graph``."""

from __future__ import annotations

import click

from clockwork.commands.options import PROJECT, RunOptions, takes
from clockwork.commands.wish import answered


@answered
@click.command()
@takes(PROJECT)
@click.option(
    "--format",
    "form",
    type=click.Choice(["tree", "mermaid", "dot"]),
    default="tree",
    show_default=True,
    help="A tree for the terminal, a Mermaid flowchart, or a Graphviz digraph.",
)
def graph(options: RunOptions, form: str) -> None:
    """Show what the resources are in, and what each of them needs.

    Nothing is completed, and no engine is needed.
    """
    from clockwork.commands.run import quietly
    from clockwork.ui.graph import Graph
    from clockwork.ui.screen import results

    found = Graph.of(quietly(options, lambda core, file: core.resources(file)))
    if options.answer.json:
        options.answer.give(resources=found.described())
    elif form == "tree":
        results().show(found.tree())
    else:
        click.echo("\n".join(found.mermaid() if form == "mermaid" else found.dot()))
