"""Finds the engine that is there already."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clockwork.engine.cache import ENGINE_VERSION, chosen_path, engine_folder
from clockwork.engine.versions import OLDEST_VERSION, is_new_enough, version_of
from clockwork.errors import EngineError
from clockwork.logs import get_logger

_log = get_logger(__name__)


@dataclass(frozen=True)
class Engine:
    """A Pulumi program.

    Attributes:
        path: Where it is.
        version: Its version, without a leading ``v``.
        origin: How it was found: ``CW_PULUMI``, ``PATH`` or ``cache``.
    """

    path: Path
    version: str
    origin: str


@dataclass(frozen=True)
class Place:
    """A place that was looked at, and what is there.

    Attributes:
        origin: ``CW_PULUMI``, ``PATH`` or ``cache``.
        engine: The engine there, when it can be used.
        refusal: Why there is none that can be used.
    """

    origin: str
    engine: Engine | None = None
    refusal: str | None = None


def find_engine() -> Engine | None:
    """Find an engine: ``CW_PULUMI``, then ``PATH``, then Clockwork's cache.

    Returns:
        The first that can be used; ``None`` when there is none.

    Raises:
        EngineError: ``CW_PULUMI`` names something that cannot be used.
    """
    engine = next((place.engine for place in places() if place.engine), None)
    if engine is not None:
        _log.debug(
            "the engine is chosen", path=str(engine.path), version=engine.version, origin=engine.origin
        )
    return engine


def places() -> Iterator[Place]:
    """Look at one place after the other, only as far as they are asked for.

    Raises:
        EngineError: ``CW_PULUMI`` names something that cannot be used.
    """
    chosen = chosen_path("CW_PULUMI")
    if chosen:
        yield _chosen(chosen)
        return
    yield _on_path()
    yield _cached()


def cached_engine() -> Engine:
    """The engine in the cache, whether it is there yet or not."""
    return Engine(engine_folder() / "bin" / "pulumi", ENGINE_VERSION, "cache")


def _chosen(path: Path) -> Place:
    place = _look_at("CW_PULUMI", path)
    if place.refusal:
        raise EngineError(
            f"CW_PULUMI cannot be used: {place.refusal}",
            hint="Set it to the path of a pulumi program, or unset it and let Clockwork find one.",
        )
    return place


def _on_path() -> Place:
    found = shutil.which("pulumi")
    if found is None:
        return Place("PATH", refusal="there is no pulumi on PATH")
    place = _look_at("PATH", Path(found).absolute())
    if place.refusal:
        _log.info("the pulumi on PATH is passed over", reason=place.refusal)
    return place


def _cached() -> Place:
    engine = cached_engine()
    refusal = _no_file(engine.path)
    return Place("cache", refusal=refusal) if refusal else Place("cache", engine)


def _look_at(origin: str, path: Path) -> Place:
    refusal = _no_file(path)
    if refusal:
        return Place(origin, refusal=refusal)
    version = version_of(path)
    if version is None:
        return Place(origin, refusal=f"{path} does not run, or does not say its version")
    if not is_new_enough(version):
        return Place(origin, refusal=f"{path} is {version}; Clockwork needs {OLDEST_VERSION} or newer")
    return Place(origin, Engine(path, version, origin))


def _no_file(path: Path) -> str | None:
    """Say why there is no file at a path; ``None`` when there is one."""
    try:
        if path.is_file():
            return None
        return f"{path} is not a file" if path.exists() else f"{path} does not exist"
    except OSError as error:
        return f"{path} cannot be looked at: {error.strerror}"
