"""A Docker volume that should exist."""

from __future__ import annotations

from typing import Any, Optional

from pydantic import Field

from clockwork.containers.names import VOLUME_NAME_PATTERN
from clockwork.errors import LoadError
from clockwork.resources.base import Resource
from clockwork.resources.fields import completable, not_completable


class DockerVolume(Resource):
    """A volume: data that outlives the containers which use it.

    Attributes:
        name: The volume's name.
        driver: ``local`` when ``None``.
        driver_opts: Options of the driver.
        labels: Labels of its own.
        present: Whether it should exist; one that should not is removed, with what is in it.
    """

    name: Optional[str] = completable(  # type: ignore[assignment]
        "the volume's name: what it holds",
        pattern=VOLUME_NAME_PATTERN,
        examples=["orders-data", "uploads"],
        max_length=255,
    )
    driver: Optional[str] = not_completable("its driver; local when unset")
    driver_opts: dict[str, str] = Field(default_factory=dict)
    labels: dict[str, str] = Field(default_factory=dict)
    present: bool = True

    def is_wanted(self) -> bool:
        """Whether it should exist."""
        return self.present

    def missing_fields(self) -> list[str]:
        """The completable fields without a value; none for one that should not exist."""
        return super().missing_fields() if self.present else []

    def claims(self) -> list[str]:
        """Its name, once it is known."""
        return [f"volume {self.name}"] if self.present and self.name else []

    def to_pulumi(self) -> Any:
        """Generate the ``pulumi_docker.Volume``."""
        import pulumi_docker as docker

        from clockwork_docker.resource.compiling import labels

        if self.name is None:
            raise LoadError("its name is not known", address=self.address, hint="Give a name.")
        return docker.Volume(
            self.address,
            name=self.name,
            driver=self.driver,
            driver_opts=self.driver_opts or None,
            labels=labels(self.labels),
        )
