"""A machine of its own for a test: an empty PATH, an empty cache, programs that are small scripts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from clockwork.engine.install import Origin, install_engine
from clockwork.engine.locate import Engine

CLOSED = "http://127.0.0.1:1"
"""Where nobody listens."""


@dataclass(frozen=True)
class Machine:
    bin: Path
    cache: Path

    @classmethod
    def clean(cls, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
        """Let this test, and what it starts, see nothing but a folder."""
        machine = cls(folder / "bin", folder / "cache")
        machine.bin.mkdir()
        monkeypatch.setenv("PATH", str(machine.bin))
        monkeypatch.setenv("CW_CACHE_DIR", str(machine.cache))
        monkeypatch.setenv("CW_ENGINE_MIRROR", CLOSED)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.delenv("CW_PULUMI", raising=False)
        return machine

    def pulumi(self, version: str, path: Path | None = None) -> Path:
        """Lay out a program that says a version and notes each time it is run."""
        path = path or self.bin / "pulumi"
        return script(path, f'echo run >> "{path}.runs"\necho v{version}')

    def runs(self, path: Path) -> int:
        """How often a program was run."""
        noted = path.with_name(f"{path.name}.runs")
        return len(noted.read_text().splitlines()) if noted.exists() else 0


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def install(way: Origin | None) -> Engine:
    """Install an engine in one way, or in any; nobody watches."""
    return install_engine(way, unwatched)


def unwatched(_text: str, _part: float | None) -> None:
    """Let progress pass."""
