"""Containers, networks and volumes of one test, and statements that declare them."""

from __future__ import annotations

import uuid
from typing import Any

from docker import DockerClient
from docker.errors import NotFound
from docker.models.containers import Container

from support.docker_images import WEB


class Things:
    """What one test makes, under names with a prefix of its own."""

    def __init__(self, client: DockerClient) -> None:
        self.client = client
        self.prefix = f"cw{uuid.uuid4().hex[:8]}"

    def name(self, word: str) -> str:
        """A name of this test's own."""
        return f"{self.prefix}-{word}"

    def container(self, word: str) -> Container:
        """A container, which must exist."""
        return self.client.containers.get(self.name(word))

    def has(self, word: str) -> bool:
        """Whether a container exists."""
        try:
            self.container(word)
        except NotFound:
            return False
        return True

    def containers(self) -> list[str]:
        """The names of this test's containers, without the prefix, sorted."""
        listed = self.client.api.containers(all=True, filters={"name": self.prefix})
        return sorted(str(one["Names"][0]).removeprefix(f"/{self.prefix}-") for one in listed)

    def declare(self, word: str, **fields: Any) -> str:
        """The statement that declares a complete container."""
        given = {"description": "a test", "name": self.name(word), "image": WEB, **fields}
        defaults: dict[str, Any] = {"ports": [], "volumes": [], "env_vars": {}}
        told = ", ".join(f"{name}={value!r}" for name, value in {**defaults, **given}.items())
        return f"{word} = DockerResource({told})"

    def remove_all(self) -> None:
        """Remove everything that has the prefix."""
        for container in self.client.containers.list(all=True, filters={"name": self.prefix}):
            container.remove(force=True, v=True)
        for network in self.client.networks.list(filters={"name": self.prefix}):
            network.remove()
        for volume in self.client.volumes.list(filters={"name": self.prefix}):
            volume.remove(force=True)
