"""``clockwork models pull``: a model onto this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from clockwork.commands.answer import Answer, pass_answer
from clockwork.commands.wish import answered
from clockwork.settings import INSIDE

if TYPE_CHECKING:
    from clockwork.hook_types import ListedModel


@answered
@click.command(help="Download a model that is loaded on this machine; without NAME, list them.")
@click.argument("name", required=False)
@pass_answer
def pull(answer: Answer, name: str | None) -> None:
    """Obtain a listed model, with progress, and say how it is used."""
    from clockwork.hook_types import Event
    from clockwork.ui.progress import progress
    from clockwork.ui.screen import messages

    listed = _listed()
    if name is None:
        answer.give(models=[_shown(one) for one in listed]) if answer.json else _list(listed)
        return
    model = _named(name, listed)
    with progress(messages()) as told:
        path = model.pull(
            lambda text, part: told(Event("engine.progress", data={"text": text, "part": part}))
        )
    if answer.json:
        answer.give(name=model.name, path=str(path))
        return
    click.echo(f"{path}\nTo complete with it: export CW_MODEL={model.name}")


def _listed() -> list[ListedModel]:
    """Give the models of all backends.

    Raises:
        ModelError: No backend that is installed has any.
    """
    from clockwork.completion.default_backend import INSTALL_INSIDE
    from clockwork.errors import ModelError
    from clockwork.plugins.manager import get

    backends = [given.result for given in get().ask("clockwork_model_backends").usable()]
    listed = [model for backend in backends for model in backend.models()]
    if not listed:
        raise ModelError("nothing that is installed loads models on this machine", hint=INSTALL_INSIDE)
    return listed


def _named(name: str, listed: list[ListedModel]) -> ListedModel:
    from clockwork.errors import UsageError
    from clockwork.suggestions import did_you_mean

    short = {one.name.removeprefix(INSIDE): one for one in listed}
    found = short.get(name.removeprefix(INSIDE))
    if found is None:
        guess = did_you_mean(name.removeprefix(INSIDE), list(short))
        raise UsageError(
            f"there is no model {name!r} to download. {guess}".rstrip(),
            hint=f"The models are {', '.join(short)}.",
        )
    return found


def _list(listed: list[ListedModel]) -> None:
    for one in listed:
        here = "is here" if one.is_here else f"{one.size / 1e9:.1f} GB"
        click.echo(f"{one.name.removeprefix(INSIDE):<20} {here:>8}  {one.about}")


def _shown(one: ListedModel) -> dict[str, Any]:
    return {"name": one.name, "about": one.about, "size": one.size, "is_here": one.is_here}
