"""Builds the engine from its Go modules, every byte of which ``go.sum`` pins."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import deque
from importlib import resources
from pathlib import Path

from clockwork.engine.cache import ENGINE_VERSION
from clockwork.engine.progress import Progress
from clockwork.errors import EngineError

OLDEST_GO = "1.25.11"
"""The oldest Go that ``go.mod`` allows."""

_PROGRAM = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
_MODULES, _PACKAGES = 254, 1686
"""How much is fetched and compiled, about; they only scale the progress."""


def install_source(folder: Path, progress: Progress) -> None:
    """Build the engine into a folder, in ``bin``; a build that broke off goes on from Go's caches.

    Args:
        folder: An empty folder.
        progress: Told what is under way.

    Raises:
        EngineError: There is no Go, it is too old, the modules cannot be fetched, or the build failed.
    """
    go = shutil.which("go")
    if go is None:
        raise EngineError(f"there is no go on PATH to build it with (Go {OLDEST_GO} or newer)")
    module = folder / "module"
    module.mkdir()
    for file in resources.files("clockwork.engine").joinpath("gomod").iterdir():
        (module / file.name).write_bytes(file.read_bytes())
    _check_go(go, module, progress)
    linking = f"-s -w -X {_VERSION_VARIABLE}=v{ENGINE_VERSION}"
    program = str(folder / "bin" / "pulumi")
    _build([go, "build", "-v", "-trimpath", "-ldflags", linking, "-o", program, _PROGRAM], module, progress)


def _environment() -> dict[str, str]:
    return {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly", "GOWORK": "off"}


def _check_go(go: str, module: Path, progress: Progress) -> None:
    """Let Go read the module: an older one fetches the Go it asks for, where its settings allow."""
    progress("asking Go", None)
    try:
        done = subprocess.run(
            [go, "list", "-m"],
            cwd=module,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise EngineError(f"{go} does not run: {error.strerror}") from None
    if done.returncode != 0:
        raise EngineError(f"{go} cannot build it (Go {OLDEST_GO} or newer is needed): {done.stderr.strip()}")


def _build(command: list[str], module: Path, progress: Progress) -> None:
    """Build; Go fetches exactly the modules that the program needs, as it needs them."""
    last: deque[str] = deque(maxlen=8)
    fetched = built = 0
    progress("fetching Pulumi's modules", None)
    with subprocess.Popen(
        command,
        cwd=module,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stderr is not None
        try:
            for line in process.stderr:
                if line.startswith("go: downloading "):
                    fetched += 1
                    progress("fetching Pulumi's modules", min(fetched / _MODULES, 0.99))
                elif " " not in line:
                    built += 1
                    progress("building Pulumi from source", min(built / _PACKAGES, 0.99))
                else:
                    last.append(line.rstrip())
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        raise EngineError("go build failed: " + "\n    ".join(last))
