"""Makes sure that there is an engine."""

from __future__ import annotations

from typing import Literal

from filelock import FileLock, Timeout

from clockwork.engine.locate import Engine, cache_folder, cached_engine, find_engine
from clockwork.engine.release import Progress
from clockwork.errors import EngineError

Origin = Literal["release", "source"]


def ensure_engine(progress: Progress) -> Engine:
    """Find the engine, or obtain it.

    Args:
        progress: Told a word and how much of it is done, from 0 to 1.

    Returns:
        The engine.

    Raises:
        EngineError: Nothing worked; the message lists what was tried.
    """
    return find_engine() or install_engine(None, progress)


def install_engine(origin: Origin | None, progress: Progress) -> Engine:
    """Obtain the engine into the cache; a second run that starts meanwhile waits and shares it.

    Args:
        origin: From where; the release and then the source when ``None``.
        progress: Told a word and how much of it is done, from 0 to 1.

    Raises:
        EngineError: Nothing worked; the message lists what was tried.
    """
    engine = cached_engine()
    engine.path.parent.parent.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(cache_folder() / "engine" / "install.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress("waiting for another run that is installing Pulumi", None)
        lock.acquire()
    try:
        if not engine.path.is_file():
            _obtain(origin, engine, progress)
    finally:
        lock.release()
    return engine


def _obtain(origin: Origin | None, engine: Engine, progress: Progress) -> None:
    from clockwork.engine.release import install_release
    from clockwork.engine.source import install_source

    ways = {"release": install_release, "source": install_source}
    failures: dict[str, EngineError] = {}
    for name, install in ways.items():
        if origin in (None, name):
            try:
                install(engine.path.parent.parent, progress)
            except EngineError as error:
                failures[name] = error
            else:
                return
    tried = "\n".join(f"  {name}: {error.message}" for name, error in failures.items())
    raise EngineError(
        f"there is no Pulumi engine, and it could not be obtained:\n{tried}",
        hint="Install Pulumi (https://www.pulumi.com/docs/install/) so that `pulumi` is on PATH, or set "
        "CW_PULUMI to its path; or install Go 1.25 and run `clockwork engine install --from source`.",
    )
