"""Inputs with the names and shapes of ``pulumi_docker``."""

from __future__ import annotations

from pydantic import Field

from clockwork.providers.published import PublishedModel


class Label(PublishedModel):
    """A label of a thing."""

    label: str
    value: str


class PortInput(PublishedModel):
    """A port of a container, and where the host publishes it."""

    internal: int
    external: int | None = None
    ip: str | None = None
    protocol: str | None = None


class VolumeInput(PublishedModel):
    """A path or a volume of the host, mounted into a container."""

    container_path: str | None = None
    from_container: str | None = None
    host_path: str | None = None
    read_only: bool | None = None
    volume_name: str | None = None


class TmpfsOptions(PublishedModel):
    """How a mount in memory is."""

    mode: int | None = None
    size_bytes: int | None = None


class MountInput(PublishedModel):
    """A mount in its long form."""

    target: str
    type: str
    source: str | None = None
    read_only: bool | None = None
    tmpfs_options: TmpfsOptions | None = None


class NetworkAttachment(PublishedModel):
    """A network that a container is in, and as what."""

    name: str
    aliases: list[str] | None = None
    ipv4_address: str | None = Field(default=None, alias="ipv4Address")
    ipv6_address: str | None = Field(default=None, alias="ipv6Address")


class Healthcheck(PublishedModel):
    """How the engine finds out whether a container is well."""

    tests: list[str] | None = None
    interval: str | None = None
    timeout: str | None = None
    start_period: str | None = None
    retries: int | None = None


class Host(PublishedModel):
    """A name that a container knows."""

    host: str
    ip: str


class Capabilities(PublishedModel):
    """Capabilities of the kernel, given or taken."""

    adds: list[str] | None = None
    drops: list[str] | None = None


class Ulimit(PublishedModel):
    """A limit of a process."""

    name: str
    soft: int
    hard: int


class Device(PublishedModel):
    """A device of the host in a container."""

    host_path: str
    container_path: str | None = None
    permissions: str | None = None


class ContainerInputs(PublishedModel):
    """What a container should be; the part of ``pulumi_docker.Container`` that is served."""

    image: str
    name: str | None = None
    command: list[str] | None = None
    entrypoints: list[str] | None = None
    envs: list[str] | None = None
    user: str | None = None
    working_dir: str | None = None
    hostname: str | None = None
    domainname: str | None = None
    labels: list[Label] | None = None
    ports: list[PortInput] | None = None
    publish_all_ports: bool | None = None
    volumes: list[VolumeInput] | None = None
    mounts: list[MountInput] | None = None
    tmpfs: dict[str, str] | None = None
    network_mode: str | None = None
    networks_advanced: list[NetworkAttachment] | None = None
    dns: list[str] | None = None
    dns_opts: list[str] | None = None
    dns_searches: list[str] | None = None
    hosts: list[Host] | None = None
    restart: str | None = None
    max_retry_count: int | None = None
    memory: int | None = None
    memory_swap: int | None = None
    memory_reservation: int | None = None
    cpus: str | None = None
    cpu_shares: int | None = None
    cpu_set: str | None = None
    shm_size: int | None = None
    healthcheck: Healthcheck | None = None
    privileged: bool | None = None
    capabilities: Capabilities | None = None
    devices: list[Device] | None = None
    group_adds: list[str] | None = None
    security_opts: list[str] | None = None
    sysctls: dict[str, str] | None = None
    ulimits: list[Ulimit] | None = None
    pid_mode: str | None = None
    ipc_mode: str | None = None
    userns_mode: str | None = None
    read_only: bool | None = None
    init: bool | None = None
    stdin_open: bool | None = None
    tty: bool | None = None
    stop_signal: str | None = None
    stop_timeout: int | None = None
    log_driver: str | None = None
    log_opts: dict[str, str] | None = None
    runtime: str | None = None
    platform: str | None = None
    start: bool | None = None
    must_run: bool | None = None
    wait: bool | None = None
    wait_timeout: int | None = None
    destroy_grace_seconds: int | None = None
    remove_volumes: bool | None = None


class IpamConfig(PublishedModel):
    """A range of addresses of a network."""

    subnet: str | None = None
    gateway: str | None = None
    ip_range: str | None = None
    aux_address: dict[str, str] | None = None


class NetworkInputs(PublishedModel):
    """What a network should be."""

    name: str | None = None
    driver: str | None = None
    internal: bool | None = None
    attachable: bool | None = None
    ipv6: bool | None = None
    ipam_driver: str | None = None
    ipam_configs: list[IpamConfig] | None = None
    ipam_options: dict[str, str] | None = None
    options: dict[str, str] | None = None
    labels: list[Label] | None = None


class VolumeInputs(PublishedModel):
    """What a volume should be."""

    name: str | None = None
    driver: str | None = None
    driver_opts: dict[str, str] | None = None
    labels: list[Label] | None = None


class Build(PublishedModel):
    """How an image is built from a folder."""

    context: str
    dockerfile: str | None = None
    build_args: dict[str, str] | None = None
    label: dict[str, str] | None = None
    tags: list[str] | None = None
    target: str | None = None
    platform: str | None = None
    no_cache: bool | None = None
    pull_parent: bool | None = None


class ImageInputs(PublishedModel):
    """What an image should be: pulled by its name, or built and given it."""

    name: str
    build: Build | None = None
    keep_locally: bool | None = None
    force_remove: bool | None = None
    platform: str | None = None
    pull_triggers: list[str] | None = None
    triggers: dict[str, str] | None = None
