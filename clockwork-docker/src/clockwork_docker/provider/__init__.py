"""Builds the types of ``pulumi_docker`` on a Docker engine, from Clockwork's own process."""

from __future__ import annotations

from clockwork_docker.provider.container import Container
from clockwork_docker.provider.image import RemoteImage
from clockwork_docker.provider.network import Network
from clockwork_docker.provider.sql import Sql
from clockwork_docker.provider.volume import Volume

__all__ = ["Container", "Network", "RemoteImage", "Sql", "Volume"]
