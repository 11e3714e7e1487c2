"""Containers in one network: Clockwork, and Docker's own compose."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from contenders.base import Commands, Contender, program

IMAGE = "clockwork-bench/waits:1"
PREFIX = "clockwork-bench"
GIVEN, CHANGED = "1", "2"

_MAIN = """\
from clockwork.resources import DockerNetwork, DockerResource

network = DockerNetwork(name="{prefix}")
containers = [
    DockerResource(
        description="waits until it is asked to end",
        name=f"{prefix}-{{number}}",
        image="{image}",
        ports=[],
        volumes=[],
        env_vars={{"VERSION": "{version}" if number == 0 else "{given}"}},
        networks=[network.ref("name")],
    )
    for number in range({count})
]
"""


class ClockworkContainers(Contender):
    """The command line, as a person uses it."""

    name = "clockwork"

    def prepare(self, folder: Path, count: int) -> Commands:
        """Write ``main.py``."""

        def main(version: str) -> str:
            return _MAIN.format(count=count, version=version, given=GIVEN, image=IMAGE, prefix=PREFIX)

        (folder / "main.py").write_text(main(GIVEN))
        clockwork = program("clockwork") or "clockwork"
        apply = [clockwork, "apply", "--yes"]
        return Commands(
            {
                "plan": [clockwork, "plan"],
                "up": apply,
                "no change": apply,
                "one change": apply,
                "destroy": [clockwork, "destroy", "--yes"],
            },
            edits={"one change": {"main.py": main(CHANGED)}},
        )


class Compose(Contender):
    """``docker compose``, or the older ``docker-compose``; it has no plan and keeps no state."""

    name = "docker compose"
    note = "no plan; up does not wait until the containers have lived for a while"

    def missing(self) -> str | None:
        """Say that neither is installed."""
        return None if _compose() else "is not installed"

    def prepare(self, folder: Path, count: int) -> Commands:
        """Write its file; JSON is YAML too."""

        def declared(version: str) -> str:
            services = {
                f"waits-{number}": {
                    "image": IMAGE,
                    "container_name": f"{PREFIX}-{number}",
                    "environment": {"VERSION": version if number == 0 else GIVEN},
                    "networks": ["shared"],
                }
                for number in range(count)
            }
            networks = {"shared": {"name": PREFIX}}
            return json.dumps({"version": "3.5", "services": services, "networks": networks})

        (folder / "docker-compose.yml").write_text(declared(GIVEN))
        up = [*_compose(), "up", "--detach"]
        return Commands(
            {"up": up, "no change": up, "one change": up, "destroy": [*_compose(), "down"]},
            edits={"one change": {"docker-compose.yml": declared(CHANGED)}},
        )


def _compose() -> list[str]:
    """The words that start it; none where it is not installed."""
    docker = shutil.which("docker")
    if docker and subprocess.run([docker, "compose", "version"], capture_output=True).returncode == 0:
        return [docker, "compose"]
    found = shutil.which("docker-compose")
    return [found] if found else []
