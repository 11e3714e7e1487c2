"""Makes the README's picture of a plan from a real one: ``python examples/picture.py``."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[1]
WIDTH = 104
FIRST = """\
from clockwork.resources import FileResource

settings = FileResource(
    description="settings of the shop", path="shop.toml", content='currency = "EUR"\\n', mode="600"
)
licence = FileResource(description="the licence", path="LICENCE", content="MIT\\n", mode="644")
"""
THEN = (ROOT / "examples/game_of_life/main.py").read_text() + FIRST.partition("\n")[2].replace("EUR", "USD")


def main() -> None:
    """Apply the first version, plan the second in a terminal, and draw what it shows."""
    clockwork = Path(sys.executable).with_name("clockwork")
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "shop"
        project.mkdir()
        (project / "main.py").write_text(FIRST)
        subprocess.run([clockwork, "apply", "--yes"], cwd=project, check=True, capture_output=True)
        (project / "main.py").write_text(THEN)
        shutil.copy(ROOT / "examples/game_of_life/clockwork.lock", project)
        lock = project / "clockwork.lock"
        lock.write_text(lock.read_text().replace('mode = "644"', 'mode = "640"'))
        shown = in_terminal([str(clockwork), "plan"], project)
    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w"), force_terminal=True)  # noqa: SIM115, PTH123
    console.print(Text.from_ansi("$ clockwork plan\n" + shown))
    (ROOT / "docs/images").mkdir(exist_ok=True)
    console.save_svg(str(ROOT / "docs/images/plan.svg"), title="clockwork plan")


def in_terminal(command: list[str], folder: Path) -> str:
    """Run a command in a pseudo-terminal and give what it writes to its standard output."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=theirs, stderr=subprocess.DEVNULL, stdin=theirs
    ):
        os.close(theirs)
        written = b""
        while True:
            try:
                block = os.read(ours, 65536)
            except OSError:
                break
            if not block:
                break
            written += block
    return written.decode().replace("\r\n", "\n")


if __name__ == "__main__":
    main()
