"""Which model answers: the first backend that fits the settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pydantic_ai.models import Model

from clockwork.completion.default_backend import ways_to_a_model
from clockwork.completion.inside import INSTALL_INSIDE
from clockwork.errors import ClockworkError, ModelError
from clockwork.plugins.calls import mistake
from clockwork.plugins.entry_points import described

if TYPE_CHECKING:
    from clockwork.plugins.info import Given
    from clockwork.plugins.manager import PluginManager
    from clockwork.settings import Settings


def build_model(settings: Settings, plugins: PluginManager) -> Model:
    """Make the model that the settings ask for.

    Args:
        settings: The endpoint, the model's name and the key.
        plugins: The plugins that offer backends; the first by name that fits is used.

    Raises:
        ModelError: No backend fits, or the one that does lacks something.
        PluginError: A backend failed: the next one might reach another endpoint than was chosen.
    """
    for given in plugins.ask("clockwork_model_backends").usable():
        with _named_when_failing(given):
            if not given.result.fits(settings):
                continue
            model = given.result.build(settings)
        if not isinstance(model, Model):
            what = f"{type(model).__name__}, expected a PydanticAI model"
            raise mistake(given.origin, f"the model backend {given.name!r} built {what}")
        return model
    if settings.is_inside:
        raise ModelError(f"nothing that is installed loads {settings.model!r}", hint=INSTALL_INSIDE)
    raise ModelError(f"no installed backend reaches {settings.base_url!r}", hint=ways_to_a_model())


@contextmanager
def _named_when_failing(given: Given) -> Iterator[None]:
    try:
        yield
    except ClockworkError:
        raise
    except (Exception, SystemExit) as error:
        what = f"the model backend {given.name!r} raised {described(error)}"
        raise mistake(given.origin, what) from error
