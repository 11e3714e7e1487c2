"""What people declare: containers, networks and volumes of Apple's ``container`` program, and SQL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Optional

from pydantic import AfterValidator, field_validator

from clockwork.containers.host_ports import claim_on
from clockwork.containers.known_images import known_images
from clockwork.containers.names import (
    CONTAINER_NAME_PATTERN,
    IMAGE_PATTERN,
    NETWORK_NAME_PATTERN,
    VOLUME_NAME_PATTERN,
)
from clockwork.containers.ports import Port, PortText, parse_port
from clockwork.containers.volumes import MountText, parse_mount
from clockwork.databases.resource import Sql
from clockwork.errors import LoadError
from clockwork.resources.base import Resource
from clockwork.resources.fields import completable, not_completable, optional
from clockwork_apple_container.values import (
    SIZE_PATTERN,
    check_networks,
    check_ports,
    check_subnet,
    check_variables,
    check_volumes,
    known,
    reachable,
)

if TYPE_CHECKING:
    from clockwork.databases.provider import SqlRun


class AppleContainerResource(Resource):
    """A container that Apple's ``container`` program runs, on a Mac.

    Attributes:
        description: What it does.
        name: Its name, by which other containers and the program itself know it.
        image: The image it is made from.
        ports: What it publishes on this machine.
        volumes: What it mounts; relative paths are relative to the project.
        env_vars: Its environment.
        networks: Where it is attached, the first one first; the default network when there is none.
        present: Whether it should exist.
        start: Whether it should run.
    """

    reached_by: ClassVar[str] = "ip_address"

    description: str
    name: Optional[str] = completable(  # type: ignore[assignment]
        "the container's name, in lower case",
        pattern=CONTAINER_NAME_PATTERN,
        examples=["web", "orders-db", "cache"],
    )
    image: Optional[str] = completable(
        "a public image with its tag, as small and as official as possible",
        pattern=IMAGE_PATTERN,
        examples=["nginx:alpine", "postgres:17-alpine", "ghcr.io/owner/app:1.2"],
        max_length=500,
    )
    ports: Optional[Annotated[list[PortText], AfterValidator(check_ports)]] = optional(
        "ports published on this machine, each HOST:CONTAINER; unset when nobody outside needs it",
        examples=[["8080:80"], ["127.0.0.1:5432:5432"]],
        max_length=64,
    )
    volumes: Optional[Annotated[list[MountText], AfterValidator(check_volumes)]] = optional(
        "what it mounts, each SOURCE:TARGET or SOURCE:TARGET:ro; the source is a path inside the "
        "project, such as ./site, or the name of a volume; unset when it keeps nothing",
        examples=[["./site:/usr/share/nginx/html:ro"], ["data:/var/lib/postgresql/data"]],
    )
    env_vars: Optional[Annotated[dict[str, str], AfterValidator(check_variables)]] = optional(
        "its environment variables, without passwords; unset when the image's own are right",
        examples=[{"LOG_LEVEL": "info"}],
    )
    networks: Optional[Annotated[list[str], AfterValidator(check_networks)]] = not_completable(
        "the networks it is attached to, which must exist; macOS 26 or newer has them"
    )
    present: bool = True
    start: bool = True

    def missing_fields(self) -> list[str]:
        """The completable fields without a value; a container that should not exist needs none."""
        return super().missing_fields() if self.present else []

    @classmethod
    def known_for(cls, wish: str) -> Iterable[str]:
        """What is known of the images that a wish names."""
        return known_images(wish)

    def is_wanted(self) -> bool:
        """Tell whether it should exist."""
        return self.present

    def claims(self) -> list[str]:
        """Its name, and the ports of this machine that it publishes while it runs."""
        if not self.present:
            return []
        names = [f"Apple container {name}" for name in known([self.name or ""]) if name]
        ports = (claim_on(port) for port in self._known_ports() if self.start)
        return names + [claim for claim in ports if claim is not None]

    def uses(self) -> list[str]:
        """Its networks and volumes, as far as they have names."""
        mounts = map(parse_mount, known(self.volumes))
        volumes = [f"Apple volume {mount.source}" for mount in mounts if not mount.is_path]
        return [*(f"Apple network {name}" for name in known(self.networks)), *volumes]

    @property
    def urls(self) -> dict[int, str]:
        """Where its published ports are reached from this machine, by the port that it listens on."""
        return {
            port.container: f"http://{reachable(port)}:{port.host}"
            for port in self._known_ports()
            if port.protocol == "tcp"
        }

    def _known_ports(self) -> list[Port]:
        return [parse_port(text) for text in known(self.ports)]

    def to_pulumi(self) -> Any:
        """Generate the Pulumi resource that makes the container."""
        from clockwork_apple_container.provider import Container

        for field in ("name", "image"):
            if getattr(self, field) is None:
                raise LoadError(
                    f"its {field} is not known",
                    address=self.address,
                    field=field,
                    hint=f"Give {field}, or a model that completes it.",
                )
        return Container(
            self.address,
            name=self.name,
            image=self.image,
            ports=self.ports,
            volumes=self.volumes,
            env_vars=self.env_vars,
            networks=self.networks,
            start=self.start,
        )


class AppleNetwork(Resource):
    """A network of Apple's containers; macOS 26 or newer has them.

    Attributes:
        name: Its name, in lower case.
        internal: Whether its containers are kept from the outside.
        subnet: Its IPv4 addresses; the program chooses free ones when there are none.
    """

    name: Optional[str] = completable(  # type: ignore[assignment]
        "the network's name, in lower case", pattern=NETWORK_NAME_PATTERN, examples=["backend", "shop"]
    )
    internal: bool = False
    subnet: Optional[str] = not_completable("its IPv4 addresses, such as 10.9.0.0/24")

    _subnet_is_one = field_validator("subnet")(check_subnet)

    def claims(self) -> list[str]:
        """Its name."""
        return [f"Apple network {name}" for name in known([self.name or ""]) if name]

    def to_pulumi(self) -> Any:
        """Generate the Pulumi resource that makes the network."""
        from clockwork_apple_container.provider import Network

        return Network(self.address, name=self.name, internal=self.internal or None, subnet=self.subnet)


class AppleVolume(Resource):
    """A volume of Apple's containers. Its data goes with it.

    Attributes:
        name: Its name.
        size: How much it can hold, such as ``10G``; the program's default when there is none.
    """

    name: Optional[str] = completable(  # type: ignore[assignment]
        "the volume's name", pattern=VOLUME_NAME_PATTERN, examples=["orders-data", "uploads"]
    )
    size: Optional[str] = not_completable("how much it can hold, such as 10G", pattern=SIZE_PATTERN)

    def claims(self) -> list[str]:
        """Its name."""
        return [f"Apple volume {name}" for name in known([self.name or ""]) if name]

    def to_pulumi(self) -> Any:
        """Generate the Pulumi resource that makes the volume."""
        from clockwork_apple_container.provider import Volume

        return Volume(self.address, name=self.name, size=self.size)


class AppleSql(Sql):
    """SQL that runs once in a database in one of Apple's containers."""

    told_apart_by: ClassVar[str] = "generation"

    def provider(self) -> type[SqlRun]:
        """Give the provider that runs it."""
        from clockwork_apple_container.provider.sql import Sql as Provider

        return Provider
