"""The tags of images, and the digests they are pinned to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from clockwork.containers.names import image_name
from clockwork.errors import ProviderError
from clockwork.hook_types import Meaning, Pin
from clockwork.placeholders import has_placeholder
from clockwork.resources.base import Resource
from clockwork_docker.resource import DockerImage, DockerResource

KIND = "docker-image"
DIGEST = "sha256:[0-9a-f]{64}"
_SNAPSHOTTER = "io.containerd.snapshotter.v1"


def image_pins(resource: DockerResource | DockerImage, resources: Sequence[Resource]) -> Iterator[Pin]:
    """Pin the image of a container, or one that is pulled; not one that the project builds.

    Args:
        resource: The completed resource, which builds nothing itself.
        resources: All resources of the project.
    """
    field = "name" if isinstance(resource, DockerImage) else "image"
    name = getattr(resource, field)
    if name is None or has_placeholder(name) or "@" in name or image_name(name) in _built(resources):
        return
    yield Pin(KIND, name, field, DIGEST, here=partial(_on_engine, name), there=partial(_at_registry, name))


def _built(resources: Sequence[Resource]) -> set[str]:
    """The images that the project builds; what a registry has under the same name is another one."""
    builders = [one for one in resources if isinstance(one, (DockerResource, DockerImage)) and one.build]
    named = [one.name if isinstance(one, DockerImage) else one.image for one in builders]
    return {image_name(name) for name in named if name and not has_placeholder(name)}


def _on_engine(name: str) -> Meaning | None:
    """Take the digest of the image that the engine has under the name: it is what would run now."""
    from clockwork_docker import sdk
    from clockwork_docker.client import connect
    from clockwork_docker.provider.images import find_image, repo_digest

    try:
        api = connect()
        image = find_image(api, name)
        if image is None:
            return None
        digest = repo_digest(image, name)
        if digest is None or (_gives_builds_digests(api.info()) and not _is_at_registry(digest)):
            return Meaning(reason="it was made on this machine")
        return Meaning(digest.rpartition("@")[2])
    except (ProviderError, sdk.DockerException, sdk.ConnectionError, sdk.ReadTimeout):
        return None


def _gives_builds_digests(engine: Mapping[str, Any]) -> bool:
    """Tell whether an engine keeps its images in containerd, where also a built one has a digest."""
    return _SNAPSHOTTER in str(engine.get("DriverStatus"))


def _is_at_registry(digest: str) -> bool:
    """Tell whether an image that has a digest came from its registry, or is there too."""
    from clockwork.containers.registry import Finding, digest_of
    from clockwork_docker.logins import login_at

    return digest_of(digest, login_at).finding is Finding.EXISTS


def _at_registry(name: str) -> Meaning:
    from clockwork.containers.registry import Finding, digest_of
    from clockwork_docker.logins import login_at

    answer = digest_of(name, login_at)
    match answer.finding:
        case Finding.EXISTS if answer.digest:
            return Meaning(answer.digest)
        case Finding.EXISTS:
            return Meaning(reason="its registry does not tell digests")
        case Finding.NOT_CHECKED:
            return Meaning(reason=answer.reason)
        case Finding.MISSING:
            return Meaning(reason="its registry does not have it")
        case Finding.NEEDS_LOGIN:
            return Meaning(reason=f"its registry says: {answer.finding}")
