"""Makes, reads, changes and removes Apple's containers, networks and volumes."""

from __future__ import annotations

from clockwork_apple_container.provider.container import Container
from clockwork_apple_container.provider.network import Network
from clockwork_apple_container.provider.sql import Sql
from clockwork_apple_container.provider.volume import Volume

__all__ = ["Container", "Network", "Sql", "Volume"]
