"""SQL that should have run in a database in a Docker container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clockwork.databases.resource import Sql

if TYPE_CHECKING:
    from clockwork.databases.provider import SqlRun


class DockerSql(Sql):
    """SQL that runs once in a database in a Docker container."""

    def provider(self) -> type[SqlRun]:
        """Give the provider that runs it."""
        from clockwork_docker.provider.sql import Sql as Provider

        return Provider
