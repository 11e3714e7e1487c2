"""Running SQL inside a database's own container, by its own client, and remembering there that it ran."""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from textwrap import dedent

from clockwork.containers.readiness import Container, Ended, Program
from clockwork.databases.servers import MySql, Postgres, first_of, kind_of
from clockwork.errors import ProviderError

_LOOKED, _HAS_RUN, _RAN = "clockwork: looked", "clockwork: has run", "clockwork: ran"
_LOCK = 426835829611
"""What Clockwork's runs in one database of PostgreSQL wait for each other by."""

_MOST_LINES = 10


def digest_of(sql: str) -> str:
    """Give what a text of SQL is remembered by."""
    return hashlib.sha256(sql.encode("utf-8")).hexdigest()


@dataclass(frozen=True)
class SqlClient(ABC):
    """A database's own client in its container.

    Attributes:
        container: Where both are.
        port: Where the server listens in it.
        user: Who runs the SQL.
        password: The user's password; handed over in the client's environment, which nobody else sees.
        database: Where it runs.
    """

    container: Container
    port: int
    user: str
    password: str = field(repr=False)
    database: str

    @abstractmethod
    async def has_run(self, sql: str) -> bool:
        """Ask the database whether a text has run in it.

        Raises:
            ProviderError: It cannot be asked.
        """

    @abstractmethod
    async def run(self, sql: str) -> None:
        """Run a text, and have the database remember that it ran.

        Raises:
            ProviderError: The client stopped at an error; told in its own words, with the line.
        """

    async def _end_of(self, command: Sequence[str], text: str, variable: str) -> Ended:
        ended = await self.container.run(Program(command, text, {variable: self.password}))
        if ended.is_missing:
            raise ProviderError(
                f"the client cannot be run in the container: {_said(ended)}",
                hint="Use an image that has the database's own client, as the official ones do.",
            )
        if ended.code != 0:
            raise ProviderError(_said(ended))
        return ended


class PostgresClient(SqlClient):
    """``psql``: the text and the note that it ran are one transaction."""

    async def has_run(self, sql: str) -> bool:
        """Look into the schema ``clockwork``, if it is there, when nothing of Clockwork's runs any more."""
        look = f"""\
            begin;
            select pg_advisory_xact_lock({_LOCK});
            select to_regclass('clockwork.sql_runs') is not null as known \\gset
            \\if :known
            select '{_HAS_RUN}' from clockwork.sql_runs where digest = '{digest_of(sql)}';
            \\endif
            commit;
            \\echo {_LOOKED}
            """
        ended = await self._psql(["-f", "-"], dedent(look))
        return _HAS_RUN in _certain(ended, _LOOKED).output

    async def run(self, sql: str) -> None:
        """Run it in a transaction, alone among all that Clockwork runs in this database."""
        before = f"""\
            begin;
            set local client_min_messages = warning;
            select pg_advisory_xact_lock({_LOCK});
            create schema if not exists clockwork;
            create table if not exists clockwork.sql_runs
                (digest text primary key, ran_at timestamptz not null default now());
            reset client_min_messages;
            """
        after = f"""
            ;
            insert into clockwork.sql_runs (digest) values ('{digest_of(sql)}')
                on conflict (digest) do update set ran_at = now();
            commit;
            \\echo {_RAN}
            """
        # Results are of no interest, and what comes before stands apart so that lines are counted rightly.
        words = ["-o", "/dev/null", "-c", dedent(before), "-f", "-"]
        _certain(await self._psql(words, sql + dedent(after)), _RAN)

    async def _psql(self, words: Sequence[str], text: str) -> Ended:
        login = ["-h", "127.0.0.1", "-p", str(self.port), "-U", self.user, "-d", self.database]
        plain = ["psql", "-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1"]
        return await self._end_of([*plain, *login, *words], text, "PGPASSWORD")


class MySqlClient(SqlClient):
    """``mariadb`` or ``mysql``: it stops at the first error; what ran before that stays."""

    async def has_run(self, sql: str) -> bool:
        """Look into the table ``clockwork_sql_runs``, if it is there."""
        look = f"""\
            set @known = (select count(*) from information_schema.tables
                where table_schema = database() and table_name = 'clockwork_sql_runs');
            set @look = if(@known,
                'select ''{_HAS_RUN}'' from clockwork_sql_runs where digest = ''{digest_of(sql)}''',
                'select ''it has no such table''');
            prepare look from @look;
            execute look;
            select '{_LOOKED}';
            """
        return _HAS_RUN in _certain(await self._mysql(dedent(look)), _LOOKED).output

    async def run(self, sql: str) -> None:
        """Run it, then note that it ran."""
        await self._mysql(sql)
        note = f"""\
            create table if not exists clockwork_sql_runs
                (digest char(64) primary key, ran_at timestamp not null default current_timestamp);
            replace into clockwork_sql_runs (digest) values ('{digest_of(sql)}');
            """
        await self._mysql(dedent(note))

    async def _mysql(self, text: str) -> Ended:
        login = [f"--port={self.port}", f"--user={self.user}", f"--database={self.database}"]
        words = ["--batch", "--skip-column-names", "--protocol=tcp", "--host=127.0.0.1", *login]
        return await self._end_of(first_of("mariadb", "mysql", *words), text, "MYSQL_PWD")


_CLIENTS: dict[str, type[SqlClient]] = {
    **dict.fromkeys(Postgres.schemes, PostgresClient),
    **dict.fromkeys(MySql.schemes, MySqlClient),
}


def client_for(scheme: str) -> type[SqlClient] | None:
    """Give the client that runs SQL in a database of a scheme; ``None`` when none is known."""
    return _CLIENTS.get(kind_of(scheme))


def _certain(ended: Ended, last_words: str) -> Ended:
    """Make sure that the client came to the end of its text: it may have been told to leave before."""
    if last_words not in ended.output:
        told = f": {_said(ended)}" if ended.printed.strip() else ""
        raise ProviderError(
            f"the client ended before the end of the SQL{told}",
            hint="A command such as \\q, or data of COPY without its end, keeps the rest from being read.",
        )
    return ended


def _said(ended: Ended) -> str:
    lines = (ended.errors.strip() or ended.output.strip() or f"exit code {ended.code}").splitlines()
    # psql calls its standard input so; which text it was is told by the address.
    return "\n".join(re.sub(r"^psql:<stdin>:(\d+): ", r"line \1: ", line) for line in lines[-_MOST_LINES:])
