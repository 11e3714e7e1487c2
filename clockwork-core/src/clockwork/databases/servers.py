"""What core knows of database servers: their ports, and how each is asked whether it accepts connections."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from clockwork.containers.readiness import Ended, Program

_OTHER_PORTS = {"mongodb": 27017}


class Server(ABC):
    """A kind of database server whose own programs are in its container.

    Attributes:
        schemes: What its addresses begin with.
        usual_port: Where it listens unless told otherwise.
    """

    schemes: ClassVar[tuple[str, ...]]
    usual_port: ClassVar[int]

    @abstractmethod
    def ready(self, port: int) -> Program:
        """Give the program that asks the server whether it accepts connections; it needs no password.

        It must ask over TCP: while an image sets its database up, its server listens on a socket alone.

        Args:
            port: Where the server listens.
        """

    def accepts(self, ended: Ended) -> bool:
        """Tell from the end of that program whether the server accepts connections."""
        return ended.code == 0


class Postgres(Server):
    """PostgreSQL."""

    schemes = ("postgresql", "postgres")
    usual_port = 5432

    def ready(self, port: int) -> Program:
        """Ask with ``pg_isready``."""
        return Program(["pg_isready", "-h", "127.0.0.1", "-p", str(port), "-t", "3"])


class MySql(Server):
    """MySQL, and MariaDB, which names its programs after itself."""

    schemes = ("mysql", "mariadb")
    usual_port = 3306

    def ready(self, port: int) -> Program:
        """Ask with ``mariadb-admin`` or ``mysqladmin``, which succeed also where they may not log in."""
        words = ["--protocol=tcp", "--host=127.0.0.1", f"--port={port}", "--connect-timeout=3", "ping"]
        return Program(first_of("mariadb-admin", "mysqladmin", *words))


class Redis(Server):
    """Redis and what speaks like it."""

    schemes = ("redis", "rediss", "valkey")
    usual_port = 6379

    def ready(self, port: int) -> Program:
        """Ask with ``redis-cli``."""
        return Program(["redis-cli", "-h", "127.0.0.1", "-p", str(port), "ping"])

    def accepts(self, ended: Ended) -> bool:
        """One that asks for a password answers; one that still loads its data does not."""
        return any(word in ended.printed for word in ("PONG", "NOAUTH"))


def first_of(program: str, other: str, *words: str) -> list[str]:
    """Give the command that runs whichever of two programs a container has.

    Args:
        program: The one that is tried first.
        other: The other one.
        *words: What it is given.
    """
    return ["sh", "-c", f'exec "$(command -v {program} || echo {other})" "$@"', "sh", *words]


def kind_of(scheme: str) -> str:
    """Give the kind of server that a scheme means: ``postgresql+psycopg`` is ``postgresql``."""
    return scheme.partition("+")[0].lower()


def server_for(scheme: str) -> Server | None:
    """Give the server that a scheme means; ``None`` when core does not know its programs."""
    return next((one for one in (Postgres(), MySql(), Redis()) if kind_of(scheme) in one.schemes), None)


def usual_port(scheme: str) -> int | None:
    """Give the port that servers of a scheme listen on, if that is known."""
    server = server_for(scheme)
    return server.usual_port if server else _OTHER_PORTS.get(kind_of(scheme))
