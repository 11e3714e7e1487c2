"""A Docker image that the engine should have."""

from __future__ import annotations

from typing import Any, Optional

from pydantic import field_validator

from clockwork.containers.names import IMAGE_PATTERN
from clockwork.errors import LoadError
from clockwork.resources.base import Resource
from clockwork.resources.fields import completable, not_completable
from clockwork_docker.resource.values import Build


class DockerImage(Resource):
    """An image: pulled from its registry, or built from a Dockerfile.

    Attributes:
        name: The image with its tag.
        build: Build it; a text is the folder to build from.
        present: Whether the engine should have it; one that it should not is removed.
    """

    name: Optional[str] = completable(  # type: ignore[assignment]
        "the image with the tag of a release, never latest",
        pattern=IMAGE_PATTERN,
        examples=["nginx:1.27-alpine", "shop/web:1.0"],
        max_length=255,
    )
    build: Optional[Build] = not_completable("build it instead of pulling it")
    present: bool = True

    @field_validator("build", mode="before")
    @classmethod
    def _folder_is_a_build(cls, value: Any) -> Any:
        return Build(context=value) if isinstance(value, str) else value

    def is_wanted(self) -> bool:
        """Whether the engine should have it."""
        return self.present

    def missing_fields(self) -> list[str]:
        """The completable fields without a value; none for one that should not exist."""
        return super().missing_fields() if self.present else []

    def claims(self) -> list[str]:
        """Its name, where it is built."""
        return [f"image {self.name}"] if self.present and self.build and self.name else []

    def to_pulumi(self) -> Any:
        """Generate the ``pulumi_docker.RemoteImage``."""
        from clockwork_docker.resource.compiling import compile_image, pinned

        if self.name is None:
            raise LoadError("its name is not known", address=self.address, hint="Give a name.")
        return compile_image(self.address, pinned(self, "name"), self.build, self.project)
