"""Whose a folder is: what may be cloned over, taken over, and removed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from clockwork.errors import ProviderError
from clockwork.hosts import Kind
from clockwork.hosts.place import Place, not_here
from clockwork.providers.embedded import Call
from clockwork_git.addresses import same_repository
from clockwork_git.checkout import Checkout, LocalWork, has_repository
from clockwork_git.git import Git
from clockwork_git.remote import Target

_TAKE_OVER = "Choose another dest, or write adopt=True to take it over as it is."


async def look_for_obstacles(
    call: Call, place: Place, git: Git, target: Target, *, adopt: bool, is_ours: bool
) -> None:
    """Refuse a place where nothing can be cloned, or that holds what Clockwork did not put there.

    A clean checkout of the same repository is no obstacle; nor is one that is ours.

    Args:
        call: The call that is to clone.
        place: The place.
        git: Git, in that place, with access to the remote.
        target: What is to be checked out.
        adopt: Whether the person allowed to take over a checkout that is there.
        is_ours: Whether another resource of the stack, or a killed run, made what is there.

    Raises:
        ProviderError: Something is in the way.
    """
    entry = await place.machine.look(place.path)
    if entry is None or (entry.kind is Kind.FOLDER and not any(Path(place.path).iterdir())):
        await place.check_writable(await place.nearest_folder(call), call)
        return
    if entry.kind is Kind.LINK:
        leads = await place.machine.read_link(place.path)
        raise not_here(call, f"{place} is a symbolic link to {leads}", "Write the real path instead.")
    if entry.kind is not Kind.FOLDER:
        raise not_here(call, f"{place} is {entry.kind}, not a folder", "Choose another dest.")
    if not has_repository(place.path):
        raise not_here(
            call,
            f"{place} is already there, holds other files, and Clockwork did not make it",
            "Choose another dest, or move that folder away.",
        )
    checkout = await Checkout.at(git)
    if checkout is not None:
        await _look_at_checkout(call, place, checkout, target, adopt=adopt, is_ours=is_ours)


async def why_kept(call: Call, place: Place, git: Git, placed: Sequence[str]) -> str | None:
    """Tell why a folder must not be removed; ``None`` when nothing is lost with it.

    Args:
        call: The call that is to remove it.
        place: Where something stands.
        git: Git, in that place, with access to the remote it was cloned from.
        placed: Commits that are known to come from the remote.

    Raises:
        HostError: Only the remote could tell, and it is not reached.
        ProviderError: The repository is broken.
    """
    entry = await place.machine.look(place.path)
    is_folder = entry is not None and entry.kind is Kind.FOLDER
    checkout = await Checkout.at(git) if is_folder else None
    if checkout is None or git.access is None:
        return "it is no longer the checkout that Clockwork made"
    if not same_repository(checkout.url, git.access.url, call.project):
        return "it is a checkout of another repository now"
    work = None if call.force else await checkout.local_work(placed)
    return f"it holds {work} (with --force it would be gone)" if work else None


def refuse_local_work(call: Call, place: Place, work: LocalWork) -> None:
    """Refuse to check out another commit where local work would be lost or left behind.

    Args:
        call: The call that is to check it out.
        place: Where the checkout stands.
        work: What is in the way.

    Raises:
        ProviderError: There is any.
    """
    if work:
        raise ProviderError(
            f"{place} holds {work}, so nothing in it is changed",
            address=call.name,
            hint="Commit and push it, put it away with `git stash`, or undo it.",
        )


async def _look_at_checkout(
    call: Call, place: Place, checkout: Checkout, target: Target, *, adopt: bool, is_ours: bool
) -> None:
    access = checkout.git.access
    assert access is not None
    is_same = same_repository(checkout.url, access.url, call.project)
    if not is_same and not adopt:
        raise not_here(
            call,
            f"{place} is already there, is a checkout of {checkout.url or 'nothing else'}, "
            "and Clockwork did not make it",
            _TAKE_OVER,
        )
    work = await checkout.local_work([target.commit])
    if work and not adopt and not is_ours:
        raise not_here(
            call, f"{place} is already there, holds {work}, and Clockwork did not make it", _TAKE_OVER
        )
    if not await checkout.is_at(target):
        refuse_local_work(call, place, await checkout.in_the_way([target.commit]))
    if adopt and not is_ours:
        held = f" with {work}" if work else ""
        call.note(f"takes over {place}{held}, which Clockwork did not make (adopt=True)")
