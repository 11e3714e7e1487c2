"""What every test may ask for: an engine, a clean environment, a project folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from clockwork.engine.cache import cache_folder
from clockwork.engine.install import ensure_engine
from clockwork.engine.locate import Engine
from clockwork.errors import EngineError

_OURS = ("CW_", "CLOCKWORK_", "PULUMI_", "OPENAI_", "OPENROUTER_")
_KEPT = ("CW_PULUMI", "CW_CACHE_DIR", "CW_ENGINE_MIRROR")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let no setting, key or login of the person who runs the tests reach them."""
    for name in os.environ:
        if name.startswith(_OURS) and name not in _KEPT:
            monkeypatch.delenv(name)
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path_factory.getbasetemp() / "pulumi-home"))


@pytest.fixture(autouse=True)
def _own_cache(
    _clean_environment: None, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Let each test remember on its own; engines and models are large, so all tests share the user's."""
    own = tmp_path_factory.mktemp("cache")
    for name in ("engine", "models"):
        shared = cache_folder() / name
        shared.mkdir(parents=True, exist_ok=True)
        (own / name).symlink_to(shared)
    monkeypatch.setenv("CW_CACHE_DIR", str(own))


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The Pulumi engine: found, downloaded, or built from source."""
    try:
        return ensure_engine(lambda _text, _part: None)
    except EngineError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no Pulumi engine here: {error.message}")


@pytest.fixture
def project(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project folder, with the engine at hand."""
    monkeypatch.setenv("CW_PULUMI", str(engine.path))
    folder = tmp_path / "project"
    folder.mkdir()
    return folder
