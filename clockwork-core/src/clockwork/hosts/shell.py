"""What commands are run by: ``/bin/sh``, here and elsewhere."""

from __future__ import annotations

import re
import shlex
import signal
from collections.abc import Mapping, Sequence

from clockwork.errors import ProviderError
from clockwork.hosts.paths import kept_path

NO_FOLDER = b"clockwork: the folder cannot be entered"
"""What a far shell says, alone, when the folder of a command cannot be entered."""

PROCESS = re.compile(rb"\x01clockwork ([0-9]+)\n")
"""What a far shell says on standard error before all else: the number of its process."""

WATCHMAN = (
    'watched=" "; while read -r word process; do case $word in '
    'watch) watched="$watched$process ";; '
    'forget) watched="${watched%% $process *} ${watched#* $process }";; '
    "*) kill -s $word -- -$process 2>/dev/null;; esac; done; "
    "exec >/dev/null 2>&1; running=; "
    'for process in $watched; do kill -0 $process && running="$running $process"; done; '
    'test "$running" || exit 0; '
    "for word in TERM KILL; do "
    "for process in $running; do kill -s $word -- -$process; done; sleep 0.5 || sleep 1; done"
)
"""The text of a shell that stops commands: when it is told to, and when its input ends.

It reads lines of a word and the number of a process that leads a group: ``watch``, ``forget`` or the name of
a signal. At the end of its input it stops what it watches: asked first, then made to. What a command that has
ended left in the background is left alone. One line without an apostrophe, for any login shell.
"""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def checked(environment: Mapping[str, str] | None) -> dict[str, str]:
    """Give variables that a shell can have.

    Raises:
        ProviderError: One of them has a name or a value that none can have.
    """
    for name, value in (environment or {}).items():
        if not _NAME.fullmatch(name):
            raise ProviderError(
                f"{name!r} is no name of a variable",
                field="environment",
                hint="Use letters, digits and '_', and no digit first.",
            )
        if "\0" in value:
            raise ProviderError(f"the value of {name} holds a zero byte", field="environment")
    return dict(environment or {})


def script(command: Sequence[str], environment: Mapping[str, str], directory: str | None) -> bytes:
    """Write what a far shell reads before the command's own input, so that no process list shows it.

    Args:
        command: What to run.
        environment: Variables to set before.
        directory: Where to run it; ``None`` for the login folder.
    """
    lines = [f"export {name}={shlex.quote(value)}" for name, value in environment.items()]
    if directory is not None:
        refusal = f"{{ printf '%s' {shlex.quote(NO_FOLDER.decode())} >&2; exit 1; }}"
        lines.append(f"CDPATH= cd -- {shlex.quote(kept_path(directory))} 2>/dev/null || {refusal}")
    return "\n".join([*lines, f"exec {shlex.join(command)}"]).encode("utf-8")


def reader(size: int) -> str:
    """Give the command, for any login shell, that runs the first bytes of its input.

    ``dd`` reads them one by one: it must not take any of what follows, which is for the command.

    Args:
        size: How many bytes.
    """
    told = 'printf "\\001clockwork %s\\n" $$ >&2'
    return f"exec /bin/sh -c '{told}; eval \"$(dd bs=1 count={size} 2>/dev/null)\"'"


def exit_code_of(name: str) -> int:
    """Give the code of a command that a signal ended: minus its number.

    Args:
        name: The signal's name without ``SIG``.
    """
    found = getattr(signal, f"SIG{name}", None)
    return -found if isinstance(found, signal.Signals) else 255
