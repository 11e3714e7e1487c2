"""What a model may choose for a repository, and what it may not."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from clockwork.credentials import without_credentials
from clockwork.errors import ProviderError
from clockwork.guard.paths import refused_path
from clockwork.hook_types import Check, CompletionContext, GuardRule, NotChecked, Refusal
from clockwork.hosts import HostError
from clockwork.placeholders import has_placeholder
from clockwork_git.addresses import Address, is_here
from clockwork_git.git import Git
from clockwork_git.remote import Wish, ask
from clockwork_git.resource import GitRepoResource

REPOSITORY_ADDRESS = GuardRule(
    "repository-address", "repositories on this machine, and addresses that have git run a program"
)
RULES = (REPOSITORY_ADDRESS,)
_ADDRESS = re.compile(r"(?:https?|ssh|git)://(?!-)\S+|\w[\w.+-]*@\w[\w.-]*:(?![:/\\])\S+")


def refusals(
    resource: GitRepoResource, values: Mapping[str, Any], context: CompletionContext
) -> Iterable[Refusal]:
    """Refuse a folder that is not a model's to choose, and a repository on this machine.

    Args:
        resource: The completed resource.
        values: What did not come from the user.
        context: The project.
    """
    if "dest" in values:
        yield from refused_path("dest", str(values["dest"]), context.project)
    if "repo_url" in values and (reason := _wrong_address(address := str(values["repo_url"]))):
        yield Refusal("repo_url", reason, REPOSITORY_ADDRESS.name, address)


def checks(
    resource: GitRepoResource, values: Mapping[str, Any], context: CompletionContext
) -> Iterable[Check]:
    """Find out whether the repository is there, with its branch, tag or commit.

    Args:
        resource: The completed resource.
        values: The model's values.
        context: The project.
    """
    address = str(values.get("repo_url", ""))
    if address and not has_placeholder(address):
        asks = f"whether {without_credentials(address)} is there"
        yield Check("repo_url", asks, partial(_missing, resource, address, context))


def _wrong_address(address: str) -> str | None:
    if is_here(address):
        return "it is a path on this machine; only the user may write one"
    if has_placeholder(address) or _ADDRESS.fullmatch(address):
        return None
    return "it is not an address such as https://host/path.git or git@host:path.git"


def _missing(resource: GitRepoResource, address: str, context: CompletionContext) -> str | None:
    wish = Wish(resource.branch, resource.tag, resource.commit)
    git = Git(context.project, resource.address, access=Address.of(address, context.project))
    try:
        asyncio.run(ask(git, wish))
    except HostError as error:
        raise NotChecked(error.message) from None
    except ProviderError as error:
        return error.message
    return None
