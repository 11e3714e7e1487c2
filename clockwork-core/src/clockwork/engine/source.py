"""Builds the engine from its Go modules, every byte of which ``go.sum`` pins."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections import deque
from importlib import resources
from pathlib import Path

from clockwork.engine.locate import ENGINE_VERSION
from clockwork.engine.release import Progress
from clockwork.errors import EngineError

_OLDEST_GO = (1, 25)
_PROGRAM = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
_PACKAGES = 1950
"""How many packages the build compiles, about; it only scales the progress."""


def install_source(folder: Path, progress: Progress) -> None:
    """Build the engine into a folder, in ``bin``; a build that broke off goes on from Go's caches.

    Args:
        folder: Where it goes; appears only when complete.
        progress: Told a word and how much of it is done, from 0 to 1.

    Raises:
        EngineError: There is no Go, it is too old, the modules cannot be fetched, or the build failed.
    """
    go = _go()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".build-") as place:
        module, ready = Path(place) / "module", Path(place) / "ready"
        module.mkdir()
        for file in resources.files("clockwork.engine").joinpath("gomod").iterdir():
            (module / file.name).write_bytes(file.read_bytes())
        linking = f"-s -w -X {_VERSION_VARIABLE}=v{ENGINE_VERSION}"
        arguments = ["build", "-v", "-trimpath", "-mod=readonly", "-ldflags", linking]
        program = ready / "bin" / "pulumi"
        _run(go, [*arguments, "-o", str(program), _PROGRAM], module, progress)
        shutil.rmtree(folder, ignore_errors=True)
        ready.rename(folder)


def _go() -> str:
    go = shutil.which("go")
    if go is None:
        raise EngineError("there is no Go on PATH to build it with")
    asked = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=False)
    found = re.match(r"go(\d+)\.(\d+)", asked.stdout.strip())
    if found is None:
        raise EngineError(f"{go} does not say its version")
    if (int(found[1]), int(found[2])) < _OLDEST_GO:
        oldest = ".".join(map(str, _OLDEST_GO))
        raise EngineError(f"{go} is {asked.stdout.strip()}; the build needs Go {oldest} or newer")
    return go


def _run(go: str, arguments: list[str], module: Path, progress: Progress) -> None:
    """Build; Go fetches exactly the modules that the program needs, as it needs them."""
    environment = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "", "GOWORK": "off"}
    last: deque[str] = deque(maxlen=15)
    built = 0
    progress("fetching Pulumi's modules", None)
    with subprocess.Popen(
        [go, *arguments],
        cwd=module,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            last.append(line.rstrip())
            if not line.startswith("go: "):
                built += 1
                progress("building Pulumi from source", min(built / _PACKAGES, 0.99))
    if process.returncode != 0:
        raise EngineError("go build failed:\n" + "\n".join(last))
