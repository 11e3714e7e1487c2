"""The models that plugins load on this machine, without a server, and how one is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clockwork.errors import ClockworkError
from clockwork.settings import INSIDE, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clockwork.hook_types import ListedModel
    from clockwork.plugins.info import Given

INSTALL_INSIDE = "pip install 'clockwork[local]'"


def listed_models() -> list[ListedModel]:
    """Give the models of all backends that are installed.

    Raises:
        PluginError: A backend failed.
    """
    from clockwork.plugins.manager import get

    return [model for given in get().ask("clockwork_model_backends").usable() for model in _models(given)]


def _models(given: Given) -> list[ListedModel]:
    from clockwork.plugins.calls import mistake
    from clockwork.plugins.entry_points import described

    try:
        return list(given.result.models())
    except Exception as error:
        what = f"the model backend {given.name!r} raised {described(error)}"
        raise mistake(given.origin, what) from error


def how_to_choose(listed: Sequence[ListedModel]) -> str:
    """Give the command that chooses a model inside: one that is here, else the first, with its download.

    Args:
        listed: The models; none where nothing that is installed loads any.
    """
    if not listed:
        return INSTALL_INSIDE
    model = next((one for one in listed if one.is_here), listed[0])
    download = "" if model.is_here else f"clockwork models pull {model.name.removeprefix(INSIDE)} && "
    return f"{download}export CW_MODEL={model.name}"


def place_of(model: ListedModel) -> str:
    """Say whether a model is here, else how much there is to download."""
    return "is here" if model.is_here else f"{model.size / 1e9:.1f} GB"


def document_of(model: ListedModel) -> dict[str, Any]:
    """Give what is told of a model in JSON."""
    return {"name": model.name, "about": model.about, "size": model.size, "is_here": model.is_here}


def wrong_with(settings: Settings) -> str:
    """Say why the chosen model cannot be loaded, as far as that is known before; empty when nothing is.

    Args:
        settings: What chooses a model inside.
    """
    from clockwork.completion.model import build_model
    from clockwork.plugins.manager import get

    try:
        build_model(settings, get())
    except ClockworkError as error:
        return " · ".join(part for part in (error.message, error.hint) if part)
    return ""
