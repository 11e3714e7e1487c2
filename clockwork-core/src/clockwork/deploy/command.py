"""The engine's program as the Automation API runs it, without the commands that are not needed."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from copy import copy
from datetime import datetime
from typing import Any

import semver
from pulumi import automation as auto
from pulumi.automation.errors import create_command_error

from clockwork.engine.locate import Engine
from clockwork.logs import get_logger

_log = get_logger(__name__)


class EngineCommand(auto.PulumiCommand):
    """Runs ``pulumi`` so that a stop asks the engine to finish what it is doing and keep its state.

    The engine gets a process group of its own: Ctrl-C reaches it through :meth:`interrupt` alone.

    Attributes:
        plan_first: Whether ``up`` plans before it changes anything, so that a refused resource
            stops the run while nothing has changed.
        was_killed: Whether the last command was cut off by a signal, with no chance to end in order.
    """

    def __init__(self, engine: Engine, *, plan_first: bool = False) -> None:
        """Use an engine whose version is known, so that it is not asked for it.

        Args:
            engine: The program.
            plan_first: See the attribute.
        """
        self.command = str(engine.path)
        self.version = semver.VersionInfo.parse(engine.version.removeprefix("v"))
        self.plan_first = plan_first
        self.was_killed = False
        self._process: subprocess.Popen[str] | None = None

    def beside(self) -> EngineCommand:
        """Give another command of the same engine, to ask something while this one runs."""
        other = copy(self)
        other.plan_first, other._process = False, None
        return other

    def interrupt(self, *, kill: bool = False) -> None:
        """Ask the running engine to stop: running operations end, the state is written.

        Args:
            kill: Stop it at once instead; the next run recovers.
        """
        process = self._process
        if process is not None and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL if kill else signal.SIGINT)

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: Callable[[str], Any] | None = None,
        on_error: Callable[[str], Any] | None = None,
    ) -> auto.CommandResult:
        """Run one engine command to its end.

        Args:
            args: Its arguments.
            cwd: Its working folder.
            additional_env: Variables beside those of this process.
            on_output: Called with each line of its standard output.
            on_error: Called with each line of its standard error.

        Raises:
            pulumi.automation.CommandError: It ended with a failure.
        """
        wanted = [arg for arg in args if not (self.plan_first and arg == "--skip-preview")]
        environment = {**os.environ, **additional_env, "PULUMI_AUTOMATION_API": "true"}
        started = time.perf_counter()
        with subprocess.Popen(
            [self.command, "--non-interactive", *wanted],
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        ) as process:
            self._process = process
            errors: list[str] = []
            reader = threading.Thread(target=_read, args=(process.stderr, on_error, errors))
            reader.start()
            output: list[str] = []
            _read(process.stdout, on_output, output)
            reader.join()
        self._process = None
        self.was_killed = process.returncode < 0
        _log.debug(
            "the engine's command ended",
            args=wanted,
            status=process.returncode,
            seconds=round(time.perf_counter() - started, 3),
            backend=environment.get("PULUMI_BACKEND_URL"),
        )
        result = auto.CommandResult(
            stdout="\n".join(output), stderr="\n".join(errors), code=process.returncode
        )
        if process.returncode != 0:
            raise create_command_error(result)
        return result


class EngineStack(auto.Stack):
    """A stack whose ``up`` and ``destroy`` are one engine command each.

    The Automation API's own ask four more times, for outputs and history; both are known from the
    event stream (see ``docs/engine.md``).

    Attributes:
        is_new: Whether the stack was made for this run.
    """

    def __init__(self, name: str, workspace: auto.Workspace, *, is_new: bool = False) -> None:
        """Use a stack that exists.

        Args:
            name: The stack's name.
            workspace: Where its settings are.
            is_new: Whether it was made only now.
        """
        self.name, self.workspace, self.is_new = name, workspace, is_new

    def outputs(self) -> dict[str, Any]:
        """Leave the outputs to the event stream."""
        return {}

    def info(self, show_secrets: bool = False) -> auto.UpdateSummary:
        """Leave the history to whoever asks for it."""
        return auto.UpdateSummary(
            kind="update",
            start_time=datetime.now(),
            message="",
            environment={},
            config={},
            result="succeeded",
        )


def _read(stream: Any, callback: Callable[[str], Any] | None, lines: list[str]) -> None:
    for line in stream:
        stripped = line.rstrip()
        if callback:
            callback(stripped)
        lines.append(stripped)
