"""What a container needs a database for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import Optional, Self
from urllib.parse import quote

from pydantic import Field, model_validator

from clockwork.connections.base import Connection, add_gate, add_variable, host_of
from clockwork.databases.clients import client_for
from clockwork.databases.resource import Sql
from clockwork.databases.servers import kind_of, usual_port
from clockwork.errors import LoadError
from clockwork.paths import real_path
from clockwork.placeholders import in_url
from clockwork.resources.base import Resource


class Database(Connection):
    """The address of a database with user and password, in an environment variable; and SQL that runs once.

    Attributes:
        env: The variable.
        scheme: What stands before ``://``.
        user: The user.
        password: The password; a :class:`~clockwork.Secret` as a rule.
        port: The port that it listens on; the usual one of the scheme when ``None``.
        database: The database's name; the user's when ``None``.
        schema_file: Given as ``schema``: a file of SQL that runs before the resource is deployed; relative to
            the project.
        sql: The SQL itself, instead of a file.
    """

    env: str = "DATABASE_URL"
    scheme: str = "postgresql"
    user: str = ""
    password: str = ""
    port: Optional[int] = Field(default=None, ge=1, le=65535)
    database: Optional[str] = None
    schema_file: Optional[str] = Field(default=None, alias="schema", min_length=1)
    sql: Optional[str] = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _runs_one_text(self) -> Self:
        if self.schema_file is not None and self.sql is not None:
            raise ValueError("give schema or sql, not both")
        return self

    def join(self, resource: Resource) -> Iterable[Resource]:
        """Write the variable, and let the resource wait until the database accepts connections.

        Running SQL is a plugin's work.
        """
        self._reach(resource)
        if self.schema_file is not None or self.sql is not None:
            raise LoadError(
                f"no installed plugin runs SQL in a {type(self.other).__name__}",
                address=resource.address,
                hint="`clockwork plugins` lists what is installed.",
            )
        return ()

    def prepared(self, resource: Resource, *, by: type[Sql]) -> list[Resource]:
        """Do the same, and have the SQL run first, for a plugin that can run it.

        Args:
            resource: The resource that is connected.
            by: What runs SQL in containers of the database's kind.

        Returns:
            What runs the SQL, as ``clockwork_connect`` gives it; nothing when there is none.

        Raises:
            LoadError: The file cannot be read, or nothing is known that runs SQL in such a database.
        """
        port = self._reach(resource)
        text = self._text(resource)
        if text is None:
            return []
        if client_for(self.scheme) is None or not self.user:
            raise LoadError(
                f"SQL cannot be run in {self.scheme}" if self.user else "SQL needs a user who runs it",
                address=resource.address,
                field="scheme" if self.user else "user",
                hint="Leave schema and sql out." if self.user else "Write user=...",
            )
        database = self.database or self.user
        file = self.schema_file or ""
        ran = by(
            name=".".join(filter(None, (self.other.address, database, PurePath(file).stem))),
            scheme=kind_of(self.scheme),
            container=self.other.ref("name"),
            container_id=self.other.ref(by.told_apart_by),
            port=port,
            user=self.user,
            password=self.password,
            database=database,
            sql=text,
            file=file,
            depends_on=[self.other],
        )
        resource.depends_on = [*resource.depends_on, ran]
        return [ran]

    def _reach(self, resource: Resource) -> int:
        """Write the variable and the gate; give the port."""
        from clockwork.assertions import DatabaseReadyAssert

        port = self.port or usual_port(self.scheme)
        if port is None:
            raise LoadError(
                f"the usual port of {self.scheme} is not known",
                address=resource.address,
                hint="Write port=...",
            )
        login = quote(self.user, safe="") + (f":{in_url(self.password)}" if self.password else "")
        place = f"{host_of(self.other)}:{port}/{in_url(self.database or self.user)}"
        add_variable(resource, self.env, f"{self.scheme}://{login}{'@' if login else ''}{place}")
        add_gate(self.other, DatabaseReadyAssert(scheme=self.scheme, port=port, gate=True))
        return port

    def _text(self, resource: Resource) -> str | None:
        if self.schema_file is None:
            return self.sql
        file = real_path(self.schema_file, resource.project)
        try:
            return file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise LoadError(
                f"the file {self.schema_file} cannot be read: {reason}",
                address=resource.address,
                field="schema",
                hint=f"It is looked for at {file}.",
            ) from None
