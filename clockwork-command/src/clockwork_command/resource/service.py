"""A service that should run."""

from __future__ import annotations

from typing import Any, Optional

from clockwork.errors import LoadError
from clockwork.hosts import OnHost
from clockwork.resources.base import Resource
from clockwork.resources.fields import completable, not_completable
from clockwork_command.resource.compiling import compile_command

SERVICE_NAME = r"^[A-Za-z0-9][A-Za-z0-9@_.:\-]*$"


class ServiceResource(Resource):
    """A service of systemd that runs while it is declared, and is stopped when it no longer is.

    Attributes:
        name: What it is called here.
        on: The machine it runs on; this one unless given.
        service_name: The unit, such as ``nginx``.
        port: The port that it listens on; checked when it was started.
    """

    name: str
    on: OnHost = not_completable("the machine it runs on; this one unless given")
    service_name: Optional[str] = completable(
        "the systemd unit's name, without .service",
        pattern=SERVICE_NAME,
        examples=["nginx", "postgresql", "redis-server"],
        max_length=128,
    )
    port: Optional[int] = completable(
        "the TCP port that the service listens on by default", ge=1, le=65535, examples=[80, 5432, 6379]
    )

    def needs_completion(self) -> bool:
        """Tell whether the unit or its port is left to the model."""
        return self.service_name is None or self.port is None

    def claims(self) -> list[str]:
        """The unit, once it is known."""
        where = "" if self.on is None else f"{self.on.name}:"
        return [] if self.service_name is None else [f"service {where}{self.service_name}"]

    @property
    def check(self) -> str | None:
        """The command that tells whether it runs, once its unit is known."""
        return None if self.service_name is None else f"systemctl is-active --quiet {self.service_name}"

    def to_pulumi(self) -> Any:
        """Generate the ``pulumi_command`` resource that starts and stops it."""
        if self.service_name is None:
            raise LoadError(
                "its service_name is not known",
                address=self.address,
                hint="Give service_name, or a model that completes it.",
            )
        return compile_command(
            self,
            on=self.on,
            create=f"systemctl start {self.service_name}",
            delete=f"systemctl stop {self.service_name}",
            check=self.check,
            triggers=[self.service_name],
        )
