"""What tests do with the stand-in: install it, call it, turn its knobs, look at what it did."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.fake_container.state import Machine, process_of

_TESTS = Path(__file__).parents[2]
_SCRIPT = """#!{python} -IS
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from support.fake_container.program import main
sys.exit(main(sys.argv[1:], Path({folder!r})))
"""


class FakeContainer:
    """An installed stand-in with a machine of its own.

    Attributes:
        bin: The folder to put on ``PATH``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.bin = folder / "machine", folder / "bin"
        self.folder.mkdir(parents=True)
        self.bin.mkdir()
        program = self.bin / "container"
        program.write_text(_SCRIPT.format(python=sys.executable, tests=str(_TESTS), folder=str(self.folder)))
        program.chmod(0o755)

    def __call__(self, *args: str, code: int = 0, **environment: str) -> str:
        """Call the program, which must end with an exit code; gives what it printed."""
        done = self.call(*args, **environment)
        assert done.returncode == code, f"{args} ended with {done.returncode}: {done.stdout}{done.stderr}"
        return done.stdout

    def call(self, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Call the program; gives everything that came of it."""
        return subprocess.run(
            [self.bin / "container", *args],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )

    def error(self, *args: str, code: int = 1) -> str:
        """Call the program, which must fail; gives its words."""
        done = self.call(*args)
        assert (done.returncode, done.stdout) == (code, ""), f"{done.returncode}: {done.stdout}{done.stderr}"
        return done.stderr.rstrip("\n")

    def put_on_path(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let this test, and what it starts, find the stand-in first."""
        monkeypatch.setenv("PATH", f"{self.bin}{os.pathsep}{os.environ['PATH']}")

    def turn(self, **knobs: Any) -> None:
        """Change how the machine behaves; see ``KNOBS``."""
        file = self.folder / "knobs.json"
        now = json.loads(file.read_text()) if file.exists() else {}
        file.write_text(json.dumps({**now, **knobs}))

    def image(self, reference: str, **described: Any) -> None:
        """Put an image into the registry.

        What it does is told by ``serves`` (a port), ``root`` (the folder it serves), ``ends`` (its exit
        code), ``log``, ``ready_when`` (a file whose existence lets it listen), ``command``,
        ``environment``, ``stop_signal`` and ``programs`` (a folder with those that it has beside the usual).
        """
        machine = Machine(self.folder)
        self.turn(registry={**machine.knobs["registry"], reference: {"command": ["app"], **described}})

    def inspect(self, name: str) -> dict[str, Any]:
        """The container of a name, as the program tells it."""
        found: dict[str, Any] = json.loads(self("inspect", name))[0]
        return found

    def names(self) -> list[str]:
        """The names of all containers but the builder's, which must always be there."""
        found = self("list", "--all", "-q").split()
        assert "buildkit" in found
        return sorted({*found} - {"buildkit"})

    def state_of(self, name: str) -> str:
        """``running`` or ``stopped``."""
        status = self.inspect(name)["status"]
        return str(status["state"] if isinstance(status, dict) else status)

    def calls(self) -> list[list[str]]:
        """The command lines so far."""
        rows = (self.folder / "calls.jsonl").read_text().splitlines()
        return [json.loads(row) for row in rows]

    def kill_process(self, name: str) -> None:
        """End a container's process from outside, as a crash does."""
        process = process_of(self.folder / "containers" / name)
        assert process is not None
        os.kill(process, signal.SIGKILL)

    def close(self) -> None:
        """End all containers."""
        for folder in (self.folder / "containers").glob("*"):
            process = process_of(folder)
            if process is not None and Machine(self.folder).is_running(folder.name):
                os.kill(process, signal.SIGKILL)
