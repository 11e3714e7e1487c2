"""What this plugin adds to Clockwork; light to import."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from clockwork.hookspecs import hookimpl

if TYPE_CHECKING:
    from clockwork.hook_types import ModelBackend


@hookimpl
def clockwork_model_backends() -> Iterable[ModelBackend]:
    """Reach a model by llama.cpp, on this machine and without a server."""
    from clockwork_local.backend import model_backends

    return model_backends()
