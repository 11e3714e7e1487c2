"""Runs ``clockwork`` as a person does: its own process, in a folder."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path

PROGRAM = str(Path(sysconfig.get_path("scripts")) / "clockwork")


def environment(**more: str) -> dict[str, str]:
    """This test's environment, without what would choose colours, buffers or completion."""
    ours = ("_CLOCKWORK", "NO_COLOR", "FORCE_COLOR", "PYTHONUNBUFFERED")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, **more}


def clockwork(*args: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command line to its end, with nobody at a terminal."""
    return subprocess.run(
        [PROGRAM, *args],
        cwd=cwd,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )


def install_plugin(site: Path, name: str, code: str, *, version: str = "1.0") -> None:
    """Lay out an installed distribution with one plugin in a folder of the import path.

    Args:
        site: The folder, to be named in ``PYTHONPATH``.
        name: The distribution's and the plugin's name; its module is ``NAME_plugin``.
        code: What the plugin's module holds.
        version: The distribution's version.
    """
    info = site / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8"
    )
    (info / "entry_points.txt").write_text(f"[clockwork]\n{name} = {name}_plugin\n", encoding="utf-8")
    (site / f"{name}_plugin.py").write_text(code, encoding="utf-8")
