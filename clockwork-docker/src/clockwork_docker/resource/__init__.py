"""What can be declared: containers, networks, volumes and images of Docker, and SQL."""

from __future__ import annotations

from clockwork_docker.resource.container import DockerResource
from clockwork_docker.resource.image import DockerImage
from clockwork_docker.resource.network import DockerNetwork
from clockwork_docker.resource.sql import DockerSql
from clockwork_docker.resource.values import Build, Healthcheck
from clockwork_docker.resource.volume import DockerVolume

__all__ = [
    "Build",
    "DockerImage",
    "DockerNetwork",
    "DockerResource",
    "DockerSql",
    "DockerVolume",
    "Healthcheck",
]
