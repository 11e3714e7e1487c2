"""What a deployed file should pass."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from functools import partial

from clockwork.assertions import Assertion, PredicateAssert
from clockwork.hosts import Kind
from clockwork.placeholders import Placeholder, is_literal, parts
from clockwork_file.place import FilePlace
from clockwork_file.resource import FileResource


def file_assertions(resource: FileResource) -> Iterable[Assertion]:
    """Give the assertions of a file: it exists, with its content, with its mode.

    Outputs and secrets in the content are known to a deployment alone; the text around them is compared.

    Args:
        resource: The completed file.
    """
    yield _at_once("exists", resource, _exists)
    if resource.content is not None:
        yield _at_once("content", resource, partial(_has_content, content=str(resource.content)))
    if resource.mode is not None:
        yield _at_once("mode", resource, partial(_has_mode, mode=int(str(resource.mode), 8)))


def _at_once(
    name: str, resource: FileResource, what_is_wrong: Callable[[FilePlace], Awaitable[str | None]]
) -> Assertion:
    """Make an assertion that does not wait: a file that was written is there."""
    path, on, project = resource.kept_path(), resource.on, resource.project

    async def look(_file: FileResource) -> str | None:
        return await what_is_wrong(await FilePlace.of(path, on, project))

    return PredicateAssert(name=name, function=look, timeout_seconds=0)


async def _exists(file: FilePlace) -> str | None:
    entry = await file.machine.look(file.path)
    if entry is None:
        return f"{file} does not exist"
    return None if entry.kind is Kind.FILE else f"{file} is not a file"


async def _has_content(file: FilePlace, content: str) -> str | None:
    try:
        found = await file.machine.read(file.path)
    except OSError as error:
        return f"{file} cannot be read: {error.strerror}"
    if found is None:
        return f"{file} cannot be read: it is not a file, or not there"
    if is_literal(content):
        return _differs(file, found, content.encode("utf-8"))
    if _holds_in_order(found, [text.encode("utf-8") for text in _between_placeholders(content)]):
        return None
    return f"{file} has another content, beside the values that only the deployment knows"


async def _has_mode(file: FilePlace, mode: int) -> str | None:
    entry = await file.machine.look(file.path)
    if entry is None:
        return f"{file} does not exist"
    return None if entry.mode == mode else f"{file} has mode {entry.mode:o}, not {mode:o}"


def _between_placeholders(content: str) -> Iterator[str]:
    """Give the texts before, between and after what only the deployment knows, empty ones too."""
    literal = ""
    for part in parts(content):
        if isinstance(part, Placeholder):
            yield literal
            literal = ""
        else:
            literal += part
    yield literal


def _holds_in_order(found: bytes, literals: list[bytes]) -> bool:
    """Tell whether a content begins and ends with the first and last text, and has the others between."""
    first, *middle, last = literals
    position, end = len(first), len(found) - len(last)
    if not found.startswith(first) or not found.endswith(last) or position > end:
        return False
    for literal in middle:
        position = found.find(literal, position, end) + len(literal)
        if position < len(literal):
            return False
    return True


def _differs(file: FilePlace, found: bytes, wanted: bytes) -> str | None:
    if found == wanted:
        return None
    place = next((i for i, (a, b) in enumerate(zip(found, wanted, strict=False)) if a != b), None)
    line = wanted[: min(len(found), len(wanted)) if place is None else place].count(b"\n") + 1
    return f"{file} has another content, from line {line} on"
