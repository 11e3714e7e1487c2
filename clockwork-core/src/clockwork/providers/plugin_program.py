"""``pulumi-resource-clockwork``: serves the embedded providers to the plain ``pulumi`` command.

The engine starts a provider's program with its own address as argument and reads the port that the
program prints (Pulumi's plugin protocol).
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from clockwork.project import FOLDER_NAME


def main() -> None:
    """Serve until the engine ends the program."""
    from clockwork.plugins.manager import get
    from clockwork.providers.host import ProviderHost
    from clockwork.state.journal import Journal

    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    providers = get().results("clockwork_providers")
    with ProviderHost(providers, project=project_folder(Path.cwd()), journal=Journal()) as host:
        host.tell = lambda text: print(text, file=sys.stderr, flush=True)  # noqa: T201
        print(host.port, flush=True)  # noqa: T201
        stopping.wait()


def project_folder(start: Path) -> Path:
    """Find the project that a state folder belongs to.

    Args:
        start: Where the engine runs, such as ``.clockwork/state``.

    Returns:
        ``CW_PROJECT_DIR`` where it is set, else the folder that holds ``.clockwork``, else ``start``.
    """
    chosen = os.environ.get("CW_PROJECT_DIR")
    if chosen:
        return Path(chosen).absolute()
    for folder in (start, *start.parents):
        if folder.name == FOLDER_NAME:
            return folder.parent
        if (folder / FOLDER_NAME).is_dir():
            return folder
    return start


if __name__ == "__main__":
    main()
