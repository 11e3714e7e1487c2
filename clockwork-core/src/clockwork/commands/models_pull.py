"""``clockwork models pull``: a model onto this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
        _show(answer, listed)
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
    from clockwork.completion.inside import INSTALL_INSIDE, listed_models
    from clockwork.errors import ModelError

    listed = listed_models()
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


def _show(answer: Answer, listed: list[ListedModel]) -> None:
    from clockwork.completion.inside import document_of, place_of

    if answer.json:
        answer.give(models=[document_of(one) for one in listed])
        return
    for one in listed:
        click.echo(f"{one.name.removeprefix(INSIDE):<20} {place_of(one):>8}  {one.about}")
