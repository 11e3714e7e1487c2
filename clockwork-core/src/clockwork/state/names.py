"""Stack names: what Pulumi Cloud calls ``organisation/project/stack``, and other backends just ``stack``."""

from __future__ import annotations

from urllib.parse import quote

from clockwork.errors import UsageError

_CLOUD = ("https://", "http://")
_PLACEHOLDER = "organization"
"""The one organisation that the other backends know."""
_MOST_CHARACTERS = 100


def short_name(stack: str) -> str:
    """The stack's own name, without organisation and project."""
    return stack.rsplit("/", 1)[-1]


def file_name(stack: str) -> str:
    """A form of the name that can be a file's, different for each stack."""
    return quote(stack, safe="")


def check_name(stack: str, project: str, url: str) -> None:
    """Refuse a name that the backend cannot have or that is another project's.

    Args:
        stack: The stack's name, as the person gave it.
        project: The Pulumi project's name.
        url: The backend.

    Raises:
        UsageError: The message names what would do.
    """
    _check_length("stack", short_name(stack), "--stack or CW_STACK")
    _check_length("project", project, "project-name in [tool.clockwork] or CW_PROJECT_NAME")
    organisation, *rest = stack.split("/")
    if not rest:
        return
    if not url.startswith(_CLOUD) and organisation != _PLACEHOLDER:
        raise UsageError(
            f"the stack {stack!r} names the organisation {organisation!r}, which only Pulumi Cloud has",
            hint=f"Name the stack {short_name(stack)!r}, or log in to Pulumi Cloud with `pulumi login`.",
        )
    if len(rest) > 2 or (len(rest) == 2 and rest[0] != project):
        raise UsageError(
            f"the stack {stack!r} is not one of the project {project!r}",
            hint=f"Name it '{organisation}/{project}/{short_name(stack)}', or set the project's name.",
        )


def _check_length(what: str, name: str, setting: str) -> None:
    if len(name) > _MOST_CHARACTERS:
        raise UsageError(
            f"the {what}'s name has {len(name)} characters, and may have at most"
            f" {_MOST_CHARACTERS}: {name!r}",
            hint=f"Choose a shorter one with {setting}.",
        )
