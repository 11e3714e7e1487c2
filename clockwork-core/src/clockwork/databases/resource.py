"""SQL that should have run in a database."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from clockwork.resources.base import Resource

if TYPE_CHECKING:
    from clockwork.databases.provider import SqlRun


class Sql(Resource):
    """SQL that runs once in a database in a container, by the database's own client there.

    A :class:`~clockwork.connections.Database` makes it; a plugin says in a subclass how its containers are
    reached.

    Attributes:
        scheme: The kind of database, such as ``postgresql``.
        container: The container's name.
        container_id: What changes when the container is made anew.
        port: The port that the server listens on in it.
        user: Who runs the SQL.
        password: The user's password.
        database: Where it runs.
        sql: The text.
        file: The file that the text came from; empty when there is none.
        told_apart_by: The container's field or output that stands in ``container_id``.
    """

    told_apart_by: ClassVar[str] = "id"

    scheme: str
    container: str
    container_id: str
    port: int = Field(ge=1, le=65535)
    user: str
    password: str = ""
    database: str
    sql: str
    file: str = ""

    @abstractmethod
    def provider(self) -> type[SqlRun]:
        """Give the provider that runs it in containers of this kind."""

    def is_wanted(self) -> bool:
        """Whether there is to be a database that it can run in."""
        return all(other.is_wanted() for other in self.depends_on)

    def to_pulumi(self) -> Any:
        """Generate the Pulumi resource that runs it."""
        import pulumi

        from clockwork.providers.registration import later

        return self.provider()(
            self.address,
            scheme=self.scheme,
            container=self.container,
            container_id=self.container_id,
            port=self.port,
            user=self.user,
            password=pulumi.Output.secret(later(self.password)),
            database=self.database,
            sql=self.sql,
            file=self.file,
        )
