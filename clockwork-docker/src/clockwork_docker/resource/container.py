"""A Docker container that should exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import filterfalse
from typing import Any, ClassVar, Optional

from pydantic import ConfigDict, Field, JsonValue, field_validator

from clockwork.containers.env import check_env
from clockwork.containers.host_ports import claim_on
from clockwork.containers.known_images import known_images
from clockwork.containers.names import CONTAINER_NAME_PATTERN, IMAGE_PATTERN
from clockwork.containers.ports import PortText, parse_port
from clockwork.containers.volumes import MountText, parse_mount
from clockwork.errors import LoadError
from clockwork.placeholders import has_placeholder
from clockwork.resources.base import Resource
from clockwork.resources.fields import completable, not_completable, optional
from clockwork_docker.resource.values import Build, Healthcheck, megabytes

_RESTART = r"^(no|always|unless-stopped|on-failure(:[1-9][0-9]*)?)$"

EXAMPLES: list[JsonValue] = [
    {
        "description": "CouchDB for documents, in UTC, for other containers only; its data must last",
        "name": "documents-db",
        "image": "couchdb:3.4",
        "ports": [],
        "volumes": ["documents-data:/opt/couchdb/data"],
        "env_vars": {"TZ": "UTC"},
    },
    {
        "description": "MQTT broker on port 1884 of this machine",
        "name": "mosquitto",
        "image": "eclipse-mosquitto:2",
        "ports": ["1884:1883"],
        "volumes": [],
        "env_vars": {},
    },
    {
        "description": "Gitea for our own repositories, on port 3000 of this machine, which keeps its data; "
        "its variable APP_NAME is Sources",
        "name": "gitea",
        "image": "gitea/gitea:1.22",
        "ports": ["3000:3000"],
        "volumes": ["gitea-data:/data"],
        "env_vars": {"APP_NAME": "Sources"},
    },
    {
        "description": "PHP page server for the folder ./pages on port 8000 of this machine",
        "name": "pages",
        "image": "php:8.3-apache",
        "ports": ["8000:80"],
        "volumes": ["./pages:/var/www/html:ro"],
        "env_vars": {},
    },
]
"""Other people's wishes and good answers to them, for who completes a container."""


class DockerResource(Resource):
    """A Docker container: its image, what it is told, and how it is reached.

    Attributes:
        description: What it does.
        name: The container's name; also its host name in the networks it is in.
        image: The image with its tag. It is pulled where the engine does not have it.
        ports: Published ports, ``HOST:CONTAINER``.
        volumes: Mounts, ``SOURCE:TARGET`` or ``SOURCE:TARGET:ro``; a source with ``/``, ``.`` or ``~``
            in front is a path of the host, any other the name of a volume.
        env_vars: Environment variables.
        networks: The networks it is in; the engine's default one when there are none. ``["host"]`` and
            ``["none"]`` stand for the host's own network and for no network.
        present: Whether it should exist; one that should not is removed.
        start: Whether it should run; one that should not is created and left stopped.
        command: Instead of the image's command.
        entrypoint: Instead of the image's entry point.
        restart: ``no``, ``always``, ``unless-stopped``, ``on-failure`` or ``on-failure:TIMES``.
        healthcheck: How the engine finds out whether it is well; deploying waits until it is.
        memory: The most it may use, such as ``512m``.
        cpus: How many processors it may use, such as ``0.5``.
        user: The user its process runs as.
        workdir: The folder its process starts in.
        labels: Labels of its own.
        build: Build the image instead of pulling it; a text is the folder to build from.
        privileged: Give it all rights over the host.
    """

    model_config = ConfigDict(json_schema_extra={"examples": EXAMPLES})
    output_paths: ClassVar[Mapping[str, str]] = {"ip_address": "network_datas[0].ip_address"}

    description: str
    name: Optional[str] = completable(  # type: ignore[assignment]
        "the container's name: a short word for what it does",
        pattern=CONTAINER_NAME_PATTERN,
        examples=["web", "orders-db", "cache"],
        max_length=63,
    )
    image: Optional[str] = completable(
        "the image, with the tag of a release, never latest; the official one where there is one, "
        "which has no maker in front of its name",
        pattern=IMAGE_PATTERN,
        examples=["nginx:1.27-alpine", "postgres:17-alpine", "gitea/gitea:1.22"],
        max_length=255,
        answer_pattern=r"^[a-z0-9]+([._/-][a-z0-9]+)*:[0-9vR][A-Za-z0-9._-]*$",
    )
    ports: Optional[list[PortText]] = optional(
        "the published ports, each as HOST:CONTAINER, where CONTAINER is the port the image listens on; "
        "an empty list when nothing outside the containers' network needs it",
        examples=[["8080:80"], ["127.0.0.1:5432:5432"], []],
        max_length=32,
    )
    volumes: Optional[list[MountText]] = optional(
        "what is mounted, each as VOLUME:TARGET or ./FOLDER:TARGET; a named volume for data that must last; "
        "an empty list when nothing must last",
        examples=[["orders-data:/var/lib/postgresql/data"], ["./site:/usr/share/nginx/html:ro"], []],
        max_length=32,
    )
    env_vars: Optional[dict[str, str]] = optional(
        "the environment variables the image needs, without passwords; empty when it needs none",
        examples=[{"TZ": "UTC"}, {}],
        max_length=64,
    )
    networks: Optional[list[str]] = not_completable("the networks it is in")
    present: bool = True
    start: bool = True
    command: Optional[list[str]] = not_completable("instead of the image's command")
    entrypoint: Optional[list[str]] = not_completable("instead of the image's entry point")
    restart: Optional[str] = not_completable("when it is started again", pattern=_RESTART)
    healthcheck: Optional[Healthcheck] = not_completable("how the engine finds out whether it is well")
    memory: Optional[str] = not_completable("the most memory it may use, such as 512m")
    cpus: Optional[float] = not_completable("how many processors it may use, such as 0.5")
    user: Optional[str] = not_completable("the user its process runs as")
    workdir: Optional[str] = not_completable("the folder its process starts in")
    labels: dict[str, str] = Field(default_factory=dict)
    build: Optional[Build] = not_completable("build the image instead of pulling it")
    privileged: bool = False

    @field_validator("ports")
    @classmethod
    def _are_ports(cls, value: list[str] | None) -> list[str] | None:
        for port in value or []:
            if not has_placeholder(port):
                parse_port(port)
        return value

    @field_validator("volumes")
    @classmethod
    def _are_mounts(cls, value: list[str] | None) -> list[str] | None:
        targets = [parse_mount(mount).target for mount in value or [] if not has_placeholder(mount)]
        twice = next((target for target in targets if targets.count(target) > 1), None)
        if twice:
            raise ValueError(f"{twice} is mounted twice")
        return value

    @field_validator("env_vars")
    @classmethod
    def _are_variables(cls, value: dict[str, str] | None) -> dict[str, str] | None:
        check_env(value or {})
        return value

    @field_validator("memory")
    @classmethod
    def _is_an_amount(cls, value: str | None) -> str | None:
        if value is not None:
            megabytes(value)
        return value

    @field_validator("cpus")
    @classmethod
    def _is_some(cls, value: float | None) -> float | None:
        if value is not None and not 0 < value <= 4096:
            raise ValueError("write a number of processors above 0, such as 0.5")
        return value

    @field_validator("build", mode="before")
    @classmethod
    def _folder_is_a_build(cls, value: Any) -> Any:
        return Build(context=value) if isinstance(value, str) else value

    @field_validator("labels")
    @classmethod
    def _are_not_ours(cls, value: dict[str, str]) -> dict[str, str]:
        ours = next((name for name in value if name.startswith("clockwork.")), None)
        if ours:
            raise ValueError(f"{ours}: labels that start with clockwork. are Clockwork's own")
        return value

    @classmethod
    def known_for(cls, wish: str) -> Iterable[str]:
        """What is known of the images that a wish names."""
        return known_images(wish)

    def is_wanted(self) -> bool:
        """Whether it should exist."""
        return self.present

    def missing_fields(self) -> list[str]:
        """The completable fields without a value; none for one that should not exist."""
        if not self.present:
            return []
        needless = {"image"} if self.build is not None else set()
        return [field for field in super().missing_fields() if field not in needless]

    def claims(self) -> list[str]:
        """The container's name, and the ports of the host, once they are known."""
        if not self.present:
            return []
        named = [f"container {self.name}"] if self.name else []
        ports = map(parse_port, filterfalse(has_placeholder, self.ports or []))
        return [*named, *filter(None, map(claim_on, ports))]

    def uses(self) -> list[str]:
        """Its image, networks and volumes, as far as they have names."""
        mounts = map(parse_mount, filterfalse(has_placeholder, self.volumes or []))
        volumes = [f"volume {mount.source}" for mount in mounts if not mount.is_path]
        return [f"image {self.image}", *(f"network {name}" for name in self.networks or []), *volumes]

    @property
    def urls(self) -> dict[int, str]:
        """Where its published ports are reached from this machine, by the port that it listens on."""
        ports = [parse_port(port) for port in filterfalse(has_placeholder, self.ports or [])]
        return {
            port.container: f"http://{_reachable(port.address)}:{port.host}"
            for port in ports
            if port.host is not None and port.protocol == "tcp"
        }

    def to_pulumi(self) -> Any:
        """Generate the ``pulumi_docker.Container``, after its image where that is built."""
        from clockwork_docker.resource.compiling import compile_container

        if self.name is None or (self.image is None and self.build is None):
            raise LoadError(
                "its name or its image is not known",
                address=self.address,
                hint="Give name and image, or a model that completes them.",
            )
        return compile_container(self)


def _reachable(address: str) -> str:
    if address in ("", "0.0.0.0"):
        return "127.0.0.1"
    return f"[{'::1' if address == '::' else address}]" if ":" in address else address
