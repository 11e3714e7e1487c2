"""Resource types: the base class, and whatever the installed plugins bring.

``from clockwork.resources import FileResource`` looks the class up among the installed plugins when
it is imported. Type checkers see the classes of the plugins that are installed beside them.
"""

# To a type checker the types of a plugin that is not installed are unknown, which is no error here.
# mypy: disable-error-code="import-not-found,import-untyped"
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clockwork.resources.base import Resource as Resource
from clockwork.resources.fields import completable as completable
from clockwork.resources.fields import long_text as long_text
from clockwork.resources.fields import not_completable as not_completable
from clockwork.resources.fields import optional as optional

if TYPE_CHECKING:
    # Their order would depend on which of them are installed.
    # isort: off
    from clockwork_apple_container.resource import AppleContainerResource as AppleContainerResource
    from clockwork_apple_container.resource import AppleNetwork as AppleNetwork
    from clockwork_apple_container.resource import AppleVolume as AppleVolume
    from clockwork_command.resource import CommandResource as CommandResource
    from clockwork_command.resource import ServiceResource as ServiceResource
    from clockwork_docker.resource import DockerImage as DockerImage
    from clockwork_docker.resource import DockerNetwork as DockerNetwork
    from clockwork_docker.resource import DockerResource as DockerResource
    from clockwork_docker.resource import DockerVolume as DockerVolume
    from clockwork_file.resource import FileResource as FileResource
    from clockwork_git.resource import GitRepoResource as GitRepoResource
    # isort: on

_OWN = ["Resource", "completable", "long_text", "not_completable", "optional"]


def __getattr__(name: str) -> Any:
    if name == "__all__":  # a star import
        from clockwork.plugins.manager import get

        return [*_OWN, *get().resource_types()]
    if name.startswith("_"):
        raise AttributeError(f"module 'clockwork.resources' has no attribute {name!r}")
    from clockwork.plugins.lookup import find_type
    from clockwork.plugins.manager import get

    # An AttributeError would become Python's own "cannot import name", without the reason.
    return find_type(name, get())


def __dir__() -> list[str]:
    from clockwork.plugins.manager import get

    return sorted({*globals(), *get().resource_types()})
