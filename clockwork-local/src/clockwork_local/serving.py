"""The process that holds the model: ``python -m clockwork_local.serving FILE SOCKET``."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from pathlib import Path
from typing import Any

CONTEXT = 16384
"""Tokens for question and answer, of both conversations together."""
AT_ONCE = 2
"""Conversations at once: on a CPU, more make each one slow and not all of them fast."""
SAME_QUESTION = 0.5
"""How much of a question must be known to a conversation to go on there: what questions about one class begin
with is read once, and not lost to a question for a text, which shares but its first words."""


def main(file: str, socket: str) -> None:
    """Load a model, say ``ready`` and answer on a socket until standard input ends.

    Args:
        file: The GGUF file.
        socket: The path of the socket.
    """
    told = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # What llama.cpp prints is no message to the process that waits.
    threading.Thread(target=_leave_with_parent, args=(Path(socket),), daemon=True).start()
    import xllamacpp

    try:
        server = xllamacpp.Server(_parameters(xllamacpp, file, socket))
    except RuntimeError as error:
        print(error, file=sys.stderr)  # noqa: T201
        sys.exit(1)
    print("ready", file=told, flush=True)
    threading.Event().wait()
    del server


def threads() -> int:
    """How many threads compute: fewer than there are cores.

    They wait for each other at every step, so that one that has to share its core slows down all of them.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, allowed - 1 if allowed <= 4 else allowed // 2)


def _parameters(xllamacpp: Any, file: str, socket: str) -> Any:
    chosen = xllamacpp.CommonParams()
    chosen.model.path = file
    chosen.hostnames = [socket]
    chosen.n_ctx = CONTEXT
    chosen.n_parallel = AT_ONCE
    chosen.kv_unified = True
    chosen.cpuparams.n_threads = chosen.cpuparams_batch.n_threads = threads()
    chosen.cache_ram_mib = 0
    chosen.slot_prompt_similarity = SAME_QUESTION
    chosen.warmup = False
    chosen.use_jinja = True
    chosen.ui = False
    return chosen


def _leave_with_parent(socket: Path) -> None:
    sys.stdin.buffer.read()
    with contextlib.suppress(OSError):
        socket.unlink(missing_ok=True)
        socket.parent.rmdir()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
