"""Runs SQL in a database in one of Apple's containers."""

from __future__ import annotations

from clockwork.databases.provider import SqlRun
from clockwork_apple_container.view import AppleContainer


class Sql(SqlRun, type="clockwork:apple:Sql", declared_as="AppleSql"):
    """SQL that has run in a database in one of Apple's containers."""

    def view(self, container: str) -> AppleContainer:
        """Give a view of the container."""
        return AppleContainer(container)
