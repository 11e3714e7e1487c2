"""What a repository that was checked out should pass."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from clockwork.assertions import Assertion, PredicateAssert
from clockwork.errors import ProviderError
from clockwork.placeholders import has_placeholder
from clockwork_git.checkout import Checkout
from clockwork_git.git import Git
from clockwork_git.remote import short
from clockwork_git.resource import GitRepoResource


def checkout_assertions(resource: GitRepoResource) -> Iterable[Assertion]:
    """Give the assertions of a checkout: it exists, is where it should be, and nothing in it was changed.

    The remote is not asked. Untracked files and stashes are no change.

    Args:
        resource: The completed resource.
    """
    yield _at_once("exists", resource, _nothing_is_wrong)
    if resource.branch is not None and not has_placeholder(resource.branch):
        yield _at_once("branch", resource, _on_branch(resource.branch))
    for name, pin in (("tag", resource.tag and f"refs/tags/{resource.tag}"), ("commit", resource.commit)):
        if pin is not None and not has_placeholder(pin):
            yield _at_once(name, resource, _at(pin))
    yield _at_once("clean", resource, _is_clean)


Look = Callable[[Checkout], Awaitable[str | None]]


def _at_once(name: str, resource: GitRepoResource, what_is_wrong: Look) -> Assertion:
    """Make an assertion that does not wait: a repository that was cloned is there."""
    path, project, address = resource.path, resource.project, resource.address

    async def look(_resource: GitRepoResource) -> str | None:
        try:
            checkout = await Checkout.at(Git(project, address, path))
            return f"{path} is no checkout" if checkout is None else await what_is_wrong(checkout)
        except ProviderError as error:
            return error.message

    return PredicateAssert(name=name, function=look, timeout_seconds=0)


async def _nothing_is_wrong(_checkout: Checkout) -> str | None:
    return None


def _on_branch(branch: str) -> Look:
    async def look(checkout: Checkout) -> str | None:
        on = checkout.status.branch
        return None if on == branch else f"it is on {on or 'no branch'}, not on {branch}"

    return look


def _at(pin: str) -> Look:
    async def look(checkout: Checkout) -> str | None:
        wanted, found = await checkout.commit_of(pin), checkout.status.commit
        if wanted is None:
            return f"it does not know {pin}"
        return None if found == wanted else f"it is at {short(found)}, not at {short(wanted)}"

    return look


async def _is_clean(checkout: Checkout) -> str | None:
    work = await checkout.in_the_way([checkout.status.commit] if not checkout.status.branch else [])
    return f"it holds {work}" if work else None
