"""Pulls, builds and removes the real image."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from clockwork.containers.names import image_name
from clockwork.providers.embedded import Diff, EmbeddedResource, FieldChange
from clockwork_docker import sdk
from clockwork_docker.client import connect, run
from clockwork_docker.provider import declared
from clockwork_docker.provider.canonical import same, without_digest
from clockwork_docker.provider.images import build_image, find_image, have_image, repo_digest
from clockwork_docker.provider.models import ImageInputs
from clockwork_docker.provider.states import ImageState

if TYPE_CHECKING:
    from docker import APIClient

KIND = "image"
_IN_USE = 409
_ONLY_OURS = ("keepLocally", "forceRemove")


class RemoteImage(EmbeddedResource, type="docker:index/remoteImage:RemoteImage", declared_as="DockerImage"):
    """An image, as ``pulumi_docker.RemoteImage`` describes it: pulled, or built from a folder."""

    fields_of_inputs = declared.IMAGE_FIELDS
    Inputs = ImageInputs
    State = ImageState

    async def check(self, new: ImageInputs, old: ImageInputs | None) -> None:
        """Tell those who use the image when it is to be built for the first time."""
        if old is None and new.build is not None:
            self._renews(new)

    async def diff(self, state: ImageState, old: ImageInputs, new: ImageInputs) -> Diff:
        """Compare two wishes by what they mean, and look whether the image is still there."""
        names = [info.alias or name for name, info in ImageInputs.model_fields.items()]
        changes = {
            name: FieldChange(replace=name not in _ONLY_OURS) for name in names if not same(old, new, name)
        }
        image = await run(find_image, await run(connect), state.image_id)
        names = [old.name, *((image or {}).get("RepoDigests") or [])]
        if image_name(new.name) in map(image_name, names):
            changes.pop("name", None)
        if image is None:
            self.call.note("the image is gone from the engine; it is fetched or built again")
            changes["name"] = FieldChange(replace=True, drift=True)
        if new.build is not None and changes.keys() == {"triggers"}:
            self.call.note(f"what is in the folder {Path(new.build.context).name} changed; it is built again")
        found = Diff(changes)
        if found.replaces and new.build is not None:
            self._renews(new)
        return found

    async def create(self, new: ImageInputs) -> ImageState:
        """Build the image, or pull it where the engine does not have it."""
        api = await run(connect)
        if new.build is not None:
            folder = self.call.project / new.build.context
            image = await build_image(api, new.name, new.build, str(folder), self.call)
            return _state_of(image, new, was_there=False)
        was_there = await run(find_image, api, new.name) is not None
        image = await have_image(api, new.name, new.platform, self.call)
        return _state_of(image, new, was_there=was_there)

    async def read(self, state: ImageState) -> ImageState | None:
        """Look whether the image is there."""
        image = await run(find_image, await run(connect), state.image_id)
        return state if image is not None else None

    async def update(self, state: ImageState, new: ImageInputs) -> ImageState:
        """Remember whether the image is kept; nothing of it changes."""
        return state.model_copy(update={"keep_locally": new.keep_locally, "force_remove": new.force_remove})

    async def delete(self, state: ImageState) -> None:
        """Remove the image, unless it was there before, is to be kept, or a container uses it."""
        if not state.is_kept:
            await run(self._remove, await run(connect), state)

    def identify(self, state: ImageState) -> str:
        """The image's digest followed by its name."""
        return state.id

    def _renews(self, new: ImageInputs) -> None:
        self.call.siblings.renews(KIND, image_name(new.name))

    def _remove(self, api: APIClient, state: ImageState) -> None:
        name = without_digest(state.name)
        named = find_image(api, name)
        # Its name may have gone over to the image that replaces it.
        which = name if named is not None and named["Id"] == state.image_id else state.image_id
        try:
            api.remove_image(which, force=bool(state.force_remove))
        except sdk.ImageNotFound:
            return
        except sdk.APIError as error:
            if error.status_code != _IN_USE:
                raise
            self.call.keep(f"the image {state.name} is kept: something else uses it")


def _state_of(image: dict[str, Any], new: ImageInputs, *, was_there: bool) -> ImageState:
    return ImageState(
        **new.model_dump(exclude_none=True),
        was_there=True if was_there else None,
        id=f"{image['Id']}{new.name}",
        image_id=image["Id"],
        repo_digest=repo_digest(image, new.name),
    )
