"""Makes sure that there is an engine."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from clockwork.engine.cache import ENGINE_VERSION, cache_folder, engine_folder
from clockwork.engine.locate import Engine, cached_engine, find_engine, places
from clockwork.engine.progress import Progress
from clockwork.engine.versions import ask_version
from clockwork.errors import EngineError

Origin = Literal["release", "source"]


def ensure_engine(progress: Progress) -> Engine:
    """Find the engine, or obtain it.

    Args:
        progress: Told what is under way.

    Returns:
        The engine.

    Raises:
        EngineError: Nothing worked; the message lists what was tried.
    """
    return find_engine() or install_engine(None, progress)


def install_engine(origin: Origin | None, progress: Progress) -> Engine:
    """Obtain the engine into the cache; a second run that starts meanwhile waits and shares it.

    Args:
        origin: From where, even if there is one in the cache already. ``None`` takes what is in the
            cache, else the release, else the source.
        progress: Told what is under way.

    Raises:
        EngineError: Nothing worked; the message lists what was tried.
    """
    engine = cached_engine()
    try:
        with _alone(progress) as waited:
            if not (engine.path.is_file() and (waited or origin is None)):
                _obtain(origin, progress)
    except OSError as error:
        raise EngineError(
            f"the cache folder {cache_folder()} cannot be used: {error.strerror or error}",
            hint="Set CW_CACHE_DIR to another folder.",
        ) from error
    return engine


@contextmanager
def _alone(progress: Progress) -> Iterator[bool]:
    """Be the only run that installs; tell whether another had to be waited for."""
    from filelock import FileLock, Timeout

    folder = engine_folder().parent
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "install.lock")
    try:
        lock.acquire(timeout=0)
        waited = False
    except Timeout:
        progress("waiting for another run that is installing Pulumi", None)
        lock.acquire()
        waited = True
    try:
        yield waited
    finally:
        lock.release()


def _obtain(origin: Origin | None, progress: Progress) -> None:
    refusals = [] if origin else [f"{place.origin}: {place.refusal}" for place in places() if place.refusal]
    for name, install in _ways().items():
        if origin in (None, name):
            try:
                with _taking_the_place_of(engine_folder()) as folder:
                    install(folder, progress)
                    _check_program(folder / "bin" / "pulumi")
                return
            except EngineError as error:
                refusals.append(f"{name}: {error.message}")
    raise EngineError(
        "the Pulumi engine could not be obtained. What was tried:"
        + "".join(f"\n  {refusal}" for refusal in refusals),
        hint="Install Pulumi (https://www.pulumi.com/docs/install/) so that `pulumi` is on PATH, or set "
        "CW_PULUMI to its path, or CW_ENGINE_MIRROR to a mirror of its releases; or install Go "
        "and run `clockwork engine install --from source`.",
    )


def _ways() -> dict[str, Callable[[Path, Progress], None]]:
    from clockwork.engine.release import install_release
    from clockwork.engine.source import install_source

    return {"release": install_release, "source": install_source}


@contextmanager
def _taking_the_place_of(folder: Path) -> Iterator[Path]:
    """Give an empty folder whose ``bin`` takes another's place when all went well; the rest vanishes."""
    _remove_leftovers(folder.parent)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-") as place:
        fresh = Path(place) / "fresh"
        fresh.mkdir()
        yield fresh
        ready = Path(place) / "ready"
        ready.mkdir()
        (fresh / "bin").rename(ready / "bin")
        if folder.exists():
            folder.rename(Path(place) / "old")
        ready.rename(folder)
    _remove_leftovers(folder.parent)


def _remove_leftovers(folder: Path) -> None:
    """Remove what killed runs left, and what a build that outlived its run wrote meanwhile."""
    for leftover in folder.glob(".new-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _check_program(program: Path) -> None:
    """Refuse a program that does not run here, or is not the version it should be."""
    version = ask_version(program)
    if version is None:
        raise EngineError("the program does not run on this machine")
    if version != ENGINE_VERSION:
        raise EngineError(f"the program is {version}, not {ENGINE_VERSION}")
