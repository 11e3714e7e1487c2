"""Containers that share a network: plan, up, no change, one change, destroy."""

from __future__ import annotations

from pathlib import Path

from contenders import CONTAINERS
from contenders.base import Contender
from contenders.containers import CHANGED, IMAGE, PREFIX
from docker import DockerClient
from race import Course

from support.docker_images import make_image

_ENDS_WHEN_ASKED = """CMD ["/bin/sh","-c","trap 'exit 0' TERM; while true; do sleep 3600 & wait $!; done"]"""
"""A first process that left the signal to the kernel would never see it, and be waited for in vain."""


class Containers(Course):
    """So many containers of one image in one network."""

    unit = "container"
    steps = ("plan", "up", "no change", "one change", "destroy")
    contenders = CONTAINERS
    large = 50

    def __init__(self, client: DockerClient) -> None:
        self._client = client
        self._before: dict[str, str] = {}
        make_image(client, IMAGE, {}, [_ENDS_WHEN_ASKED])

    def check(self, contender: Contender, folder: Path, step: str, size: int) -> None:
        """Count the containers, and those that are not the ones of the step before."""
        listed = self._client.api.containers(filters={"name": PREFIX})
        found = {str(one["Names"][0]): str(one["Id"]) for one in listed}
        wanted = 0 if step in ("plan", "destroy") else size
        fresh = len(set(found.values()) - set(self._before.values()))
        new = {"up": size, "one change": 1}.get(step, 0)
        if (len(found), fresh) != (wanted, new):
            raise RuntimeError(
                f"{contender.name}: {len(found)} containers after {step}, {fresh} of them new; "
                f"not {wanted} and {new}"
            )
        if step == "one change" and not self._is_changed():
            raise RuntimeError(f"{contender.name}: the change is not there after {step}")
        if step == "destroy" and self._client.networks.list(names=[PREFIX]):
            raise RuntimeError(f"{contender.name}: the network is still there after {step}")
        self._before = found

    def _is_changed(self) -> bool:
        environment = self._client.api.inspect_container(f"{PREFIX}-0")["Config"]["Env"]
        return f"VERSION={CHANGED}" in environment
