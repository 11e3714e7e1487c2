"""Runs SQL once in a database in a container."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pydantic import BaseModel

from clockwork.databases.clients import SqlClient, client_for, digest_of
from clockwork.errors import ProviderError
from clockwork.providers.embedded import Diff, EmbeddedResource, FieldChange
from clockwork.redaction import keep_secret

if TYPE_CHECKING:
    from clockwork.containers.readiness import Container

_RUN_ANEW = ("container_id", "container", "scheme", "database")
"""Another one of these may be another database, which does not know the text yet."""


class SqlRun(EmbeddedResource):
    """SQL that has run; a plugin says in a subclass how its containers are reached."""

    class Inputs(BaseModel):
        """What is to run, and where."""

        scheme: str
        container: str
        container_id: str
        port: int
        user: str
        password: str
        database: str
        sql: str
        file: str = ""

    class State(BaseModel):
        """What is remembered.

        Attributes:
            digest: SHA-256 of the text that ran last.
        """

        digest: str

    @abstractmethod
    def view(self, container: str) -> Container:
        """Give a view of a container.

        Args:
            container: Its name.
        """

    async def diff(self, state: State, old: Inputs, new: Inputs) -> Diff:
        """Another text runs, and the same text where the database may be another; a password is neither."""
        changed = {name for name in _RUN_ANEW if getattr(old, name) != getattr(new, name)}
        if digest_of(new.sql) != state.digest:
            changed.add("sql")
        return Diff({name: FieldChange() for name in sorted(changed)})

    async def create(self, new: Inputs) -> State:
        """Run the text, unless it has run in this database."""
        with self._told(new) as client:
            if await client.has_run(new.sql):
                self.call.note("it has run in this database already, and is not run again")
            else:
                await client.run(new.sql)
        return self.State(digest=digest_of(new.sql))

    async def update(self, state: State, new: Inputs) -> State:
        """Run a text that is new to the stack; one that is not runs where the database does not know it."""
        if digest_of(new.sql) == state.digest:
            return await self.create(new)
        with self._told(new) as client:
            await client.run(new.sql)
        return self.State(digest=digest_of(new.sql))

    @contextmanager
    def _told(self, new: Inputs) -> Iterator[SqlClient]:
        """Give the client; what goes wrong is told with the text that it went wrong in."""
        keep_secret(new.password)
        kind = client_for(new.scheme)
        if kind is None:
            raise ProviderError(f"nothing is known that runs SQL in {new.scheme}", address=self.call.name)
        text = new.file or "the SQL"
        try:
            yield kind(self.view(new.container), new.port, new.user, new.password, new.database)
        except ProviderError as error:
            raise ProviderError(
                f"{text} did not run in the database {new.database}: {error.message}",
                address=self.call.name,
                hint=error.hint or "Correct it and apply again; it will be run from its beginning.",
            ) from error
