"""Whether a shell can read a script: it is asked to, and runs nothing of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import PurePath

from clockwork.hook_types import NotChecked

_ENDINGS = {".sh": "bash", ".bash": "bash", ".ksh": "ksh", ".zsh": "zsh"}
"""The shells that read a script which does not say itself which one runs it."""
_SHELLS = frozenset({"sh", "bash", "dash", "ash", "ksh", "zsh"})
_SHEBANG = re.compile(r"\A#!\s*\S*?(?:/env\s+(?:-S\s+)?)?(?P<shell>[\w.]+)(?:\s|\Z)")
_SECONDS = 5


def shell_of(name: str, text: str) -> str | None:
    """Give the name of the shell that reads a file; ``None`` for what is no script of a shell.

    Args:
        name: The file's name.
        text: What is in it.
    """
    said = _SHEBANG.match(text)
    if said is not None:
        return said["shell"] if said["shell"] in _SHELLS else None
    return _ENDINGS.get(PurePath(name).suffix.casefold())


def unreadable(shell: str, text: str) -> str | None:
    """Tell why a shell cannot read a script.

    With ``-n`` a shell reads commands and runs none (POSIX, ``set -n``).

    Args:
        shell: The shell's name.
        text: The script.

    Raises:
        NotChecked: The shell is not on this machine, or did not answer.
    """
    program = shutil.which(shell)
    if program is None:
        raise NotChecked(f"{shell} is not on this machine")
    try:
        read = subprocess.run(
            [program, "-n"],
            input=text.encode("utf-8", "replace"),
            capture_output=True,
            timeout=_SECONDS,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotChecked(f"{shell} did not read it: {type(error).__name__}") from None
    if read.returncode == 0:
        return None
    return _said(read.stderr.decode("utf-8", "replace"))


def _said(text: str) -> str:
    """Give a shell's first complaint without its name, as in ``line 4: unexpected end of file``."""
    complaint = text.strip().partition("\n")[0].partition(": ")[2]
    return f"line {complaint}" if complaint[:1].isdigit() else complaint or "it cannot be read"
