"""The way to a model in a GGUF file, and the models that can be downloaded for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from clockwork.hook_types import ModelBackend
from clockwork.settings import Settings
from clockwork_local.catalogue import listed_models
from clockwork_local.files import model_file

if TYPE_CHECKING:
    from clockwork_local.model import LocalModel


def model_backends() -> Iterator[ModelBackend]:
    """Offer llama.cpp for the models that are called ``local:...``."""
    yield ModelBackend("local", fits=_fits, build=_build, models=listed_models)


def _fits(settings: Settings) -> bool:
    return settings.is_inside


def _build(settings: Settings) -> LocalModel:
    file = model_file(settings.model)
    from clockwork_local.model import LocalModel

    return LocalModel(file.name, file.path)
