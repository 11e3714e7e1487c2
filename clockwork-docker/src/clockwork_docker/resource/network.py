"""A Docker network that should exist."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any, Optional

from pydantic import Field, field_validator

from clockwork.containers.names import NETWORK_NAME_PATTERN
from clockwork.errors import LoadError
from clockwork.resources.base import Resource
from clockwork.resources.fields import completable, not_completable


class DockerNetwork(Resource):
    """A network in which containers reach each other by their names.

    Attributes:
        name: The network's name.
        driver: ``bridge`` when ``None``.
        internal: Whether it has no way out.
        subnet: Its addresses, such as ``172.28.0.0/16``; chosen by the engine when ``None``.
        labels: Labels of its own.
        present: Whether it should exist; one that should not is removed.
    """

    name: Optional[str] = completable(  # type: ignore[assignment]
        "the network's name: a short word for what shares it",
        pattern=NETWORK_NAME_PATTERN,
        examples=["shop", "backend"],
        max_length=63,
    )
    driver: Optional[str] = not_completable("its driver; bridge when unset")
    internal: bool = False
    subnet: Optional[str] = not_completable("its addresses, such as 172.28.0.0/16")
    labels: dict[str, str] = Field(default_factory=dict)
    present: bool = True

    @field_validator("subnet")
    @classmethod
    def _is_a_range(cls, value: str | None) -> str | None:
        if value is not None:
            ip_network(value)
        return value

    def is_wanted(self) -> bool:
        """Whether it should exist."""
        return self.present

    def missing_fields(self) -> list[str]:
        """The completable fields without a value; none for one that should not exist."""
        return super().missing_fields() if self.present else []

    def claims(self) -> list[str]:
        """Its name, once it is known."""
        return [f"network {self.name}"] if self.present and self.name else []

    def to_pulumi(self) -> Any:
        """Generate the ``pulumi_docker.Network``."""
        import pulumi_docker as docker

        from clockwork_docker.resource.compiling import labels

        if self.name is None:
            raise LoadError("its name is not known", address=self.address, hint="Give a name.")
        return docker.Network(
            self.address,
            name=self.name,
            driver=self.driver,
            internal=self.internal or None,
            ipam_configs=[docker.NetworkIpamConfigArgs(subnet=self.subnet)] if self.subnet else None,
            labels=labels(self.labels),
        )
