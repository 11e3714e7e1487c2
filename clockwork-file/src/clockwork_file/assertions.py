"""What a deployed file should pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from clockwork.assertions import Assertion, PredicateAssert
from clockwork.placeholders import Placeholder, is_literal, parts
from clockwork_file.resource import FileResource


def file_assertions(resource: FileResource) -> Iterable[Assertion]:
    """Give the assertions of a file: it exists, with its content, with its mode.

    Outputs and secrets in the content are known to a deployment alone; the text around them is compared.

    Args:
        resource: The completed file.
    """
    file = resource.location()
    yield _at_once("exists", lambda: _exists(file))
    if resource.content is not None:
        yield _at_once("content", lambda: _has_content(file, str(resource.content)))
    if resource.mode is not None:
        yield _at_once("mode", lambda: _has_mode(file, int(str(resource.mode), 8)))


def _at_once(name: str, what_is_wrong: Callable[[], str | None]) -> Assertion:
    """Make an assertion that does not wait: a file that was written is there."""
    return PredicateAssert(name=name, function=lambda _file: what_is_wrong(), timeout_seconds=0)


def _exists(file: Path) -> str | None:
    if file.is_file():
        return None
    return f"{file} is not a file" if file.exists() else f"{file} does not exist"


def _has_content(file: Path, content: str) -> str | None:
    try:
        found = file.read_bytes()
    except OSError as error:
        return f"{file} cannot be read: {error.strerror}"
    if is_literal(content):
        return _differs(file, found, content.encode("utf-8"))
    if _holds_in_order(found, [text.encode("utf-8") for text in _between_placeholders(content)]):
        return None
    return f"{file} has another content, beside the values that only the deployment knows"


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


def _differs(file: Path, found: bytes, wanted: bytes) -> str | None:
    if found == wanted:
        return None
    place = next((i for i, (a, b) in enumerate(zip(found, wanted, strict=False)) if a != b), None)
    line = wanted[: min(len(found), len(wanted)) if place is None else place].count(b"\n") + 1
    return f"{file} has another content, from line {line} on"


def _has_mode(file: Path, mode: int) -> str | None:
    try:
        found = file.stat().st_mode & 0o7777
    except OSError as error:
        return f"{file} cannot be read: {error.strerror}"
    return None if found == mode else f"{file} has mode {found:o}, not {mode:o}"
