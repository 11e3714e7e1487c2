"""Runs SQL in a database in a Docker container."""

from __future__ import annotations

from clockwork.databases.provider import SqlRun
from clockwork_docker.view import ContainerView


class Sql(SqlRun, type="clockwork:docker:Sql", declared_as="DockerSql"):
    """SQL that has run in a database in a Docker container."""

    def view(self, container: str) -> ContainerView:
        """Give a view of the container."""
        return ContainerView(container)
