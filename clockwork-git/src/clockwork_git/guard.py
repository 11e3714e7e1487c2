"""What a model may choose for a repository, and what it may not."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from clockwork.errors import ProviderError
from clockwork.hook_types import CompletionContext, Refusal
from clockwork.hosts import HostError
from clockwork.logs import get_logger
from clockwork.paths import inside_project
from clockwork.placeholders import has_placeholder
from clockwork_git.addresses import Address, is_here
from clockwork_git.git import Git
from clockwork_git.remote import Wish, ask
from clockwork_git.resource import GitRepoResource

_log = get_logger(__name__)


def refusals(
    resource: GitRepoResource, values: Mapping[str, Any], context: CompletionContext
) -> Iterable[Refusal]:
    """Refuse a folder outside the project, and a repository that is not there or is this machine's own.

    Args:
        resource: The completed resource.
        values: What did not come from the user.
        context: The project.
    """
    if "dest" in values and (outside := inside_project(str(values["dest"]), context.project)):
        yield Refusal("dest", outside)
    if "repo_url" in values and not has_placeholder(values["repo_url"]):
        yield from _of_address(resource, str(values["repo_url"]), context)


def _of_address(resource: GitRepoResource, address: str, context: CompletionContext) -> Iterable[Refusal]:
    if is_here(address):
        yield Refusal("repo_url", "it is a path on this machine; only the user may write one")
        return
    wish = Wish(resource.branch, resource.tag, resource.commit)
    git = Git(context.project, resource.address, access=Address.of(address, context.project))
    try:
        _wait_for(ask(git, wish))
    except HostError as error:
        _log.debug("repository not checked", url=address, reason=error.message)
    except ProviderError as error:
        yield Refusal("repo_url", error.message)


def _wait_for(work: Coroutine[Any, Any, object]) -> None:
    """Wait for what runs in an event loop, whether or not one runs here already."""
    with ThreadPoolExecutor(1, thread_name_prefix="clockwork-git") as thread:
        thread.submit(asyncio.run, work).result()
