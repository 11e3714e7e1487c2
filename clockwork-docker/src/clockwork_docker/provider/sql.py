"""Runs SQL in a database in a Docker container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clockwork.databases.provider import SqlRun

if TYPE_CHECKING:
    from clockwork_docker.view import ContainerView


class Sql(SqlRun, type="clockwork:docker:Sql", declared_as="DockerSql"):
    """SQL that has run in a database in a Docker container."""

    def view(self, container: str) -> ContainerView:
        """Give a view of the container."""
        from clockwork_docker.view import ContainerView

        return ContainerView(container)
