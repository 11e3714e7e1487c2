"""Which model answers: the first backend that fits the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clockwork.completion.default_backend import WAYS_TO_A_MODEL
from clockwork.errors import ModelError

if TYPE_CHECKING:
    from pydantic_ai.models import Model

    from clockwork.plugins.manager import PluginManager
    from clockwork.settings import Settings


def build_model(settings: Settings, plugins: PluginManager) -> Model:
    """Make the model that the settings ask for.

    Args:
        settings: The endpoint, the model's name and the key.
        plugins: The plugins that offer backends; the first by name that fits is used.

    Raises:
        ModelError: No backend fits, or the one that does lacks something.
    """
    for backend in plugins.results("clockwork_model_backends"):
        if backend.fits(settings):
            model: Model = backend.build(settings)
            return model
    raise ModelError(f"no installed backend reaches {settings.base_url!r}", hint=WAYS_TO_A_MODEL)
