"""What is remembered of things: outputs with the names, shapes and defaults of ``pulumi_docker``.

Pulumi's own program compares the wish with what is remembered, not with the earlier wish, so the
defaults of its schema must stand here: where one is missing it makes the thing anew.
"""

from __future__ import annotations

from pydantic import Field

from clockwork.providers.published import PublishedModel
from clockwork_docker.provider.models import (
    Build,
    ContainerInputs,
    Device,
    Healthcheck,
    ImageInputs,
    IpamConfig,
    Label,
    NetworkInputs,
    PortInput,
    VolumeInputs,
)


class NetworkData(PublishedModel):
    """How a container is reached in one network."""

    network_name: str
    ip_address: str | None = None
    ip_prefix_length: int | None = None
    gateway: str | None = None
    mac_address: str | None = None


class Port(PortInput):
    """A published port, with the number that the engine chose where the wish has none."""

    ip: str | None = "0.0.0.0"
    protocol: str | None = "tcp"


class Checked(Healthcheck):
    """A health check with everything it leaves to the engine."""

    interval: str | None = "0s"
    timeout: str | None = "0s"
    start_period: str | None = "0s"
    start_interval: str | None = "0s"
    retries: int | None = 0


class GivenDevice(Device):
    """A device of the host in a container, with what the container may do with it."""

    permissions: str | None = "rwm"


class ContainerState(ContainerInputs):
    """What is remembered of a container: its inputs, and what the engine made of them."""

    id: str
    exit_code: int | None = None
    network_datas: list[NetworkData] | None = None
    command: list[str] | None = Field(default_factory=list)
    entrypoints: list[str] | None = Field(default_factory=list)
    envs: list[str] | None = Field(default_factory=list)
    labels: list[Label] | None = Field(default_factory=list)
    security_opts: list[str] | None = Field(default_factory=list)
    ports: list[Port] | None = None  # type: ignore[assignment]
    healthcheck: Checked | None = None
    devices: list[GivenDevice] | None = None  # type: ignore[assignment]
    attach: bool | None = False
    logs: bool | None = False
    rm: bool | None = False
    start: bool | None = True
    must_run: bool | None = True
    wait: bool | None = False
    wait_timeout: int | None = 60
    container_read_refresh_timeout_milliseconds: int | None = 15000
    remove_volumes: bool | None = True
    restart: str | None = "no"
    memory_reservation: int | None = 0
    network_mode: str | None = "bridge"
    read_only: bool | None = False
    stdin_open: bool | None = False
    tty: bool | None = False


class NetworkState(NetworkInputs):
    """What is remembered of a network."""

    id: str
    scope: str | None = None
    ipam_driver: str | None = "default"
    ipam_configs: list[IpamConfig] | None = Field(default_factory=list)
    options: dict[str, str] | None = Field(default_factory=dict)


class VolumeState(VolumeInputs):
    """What is remembered of a volume; its id is its name."""

    id: str
    mountpoint: str | None = None


class Built(Build):
    """How an image was built; the containers of its steps are removed."""

    dockerfile: str | None = "Dockerfile"
    remove: bool | None = True


class ImageState(ImageInputs):
    """What is remembered of an image.

    Attributes:
        id: The image's digest followed by its name, as ``pulumi_docker`` writes it.
        image_id: The digest of its configuration.
        repo_digest: The digest under which its registry knows it.
        was_there: Whether the engine had it already, so that it is never removed. Names that start
            with two underscores are nobody's output: Pulumi's own program passes them over.
    """

    id: str
    image_id: str
    repo_digest: str | None = None
    build: Built | None = None
    was_there: bool | None = Field(default=None, alias="__wasThere")

    @property
    def is_kept(self) -> bool:
        """Whether the image stays when its resource goes."""
        return bool(self.keep_locally or self.was_there)
