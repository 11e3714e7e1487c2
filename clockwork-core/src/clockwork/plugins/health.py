"""Core's own checks of ``clockwork doctor``."""

from __future__ import annotations

from clockwork.hook_types import Health


def engine_health() -> Health:
    """Say whether a Pulumi engine is there."""
    from clockwork.engine.locate import find_engine

    engine = find_engine()
    if engine is None:
        return Health(False, "no Pulumi engine is installed", "Get one with `clockwork engine install`.")
    return Health(True, f"Pulumi {engine.version} at {engine.path} ({engine.origin})")
