"""Values that are known later: what stands for them in a field until then.

``${ref:ADDRESS.PATH}`` is a field or an output of another resource, ``${secret:NAME}`` a secret.
Both are plain text, so that they can stand alone or inside a string, a list or a dict, in the user's
file as well as in an answer of a model. With ``|url`` before the brace, the value is written as URLs
need it. ``$${ref:...}`` is that text itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel
from pydantic_core import core_schema

_PLACEHOLDER = re.compile(r"\$?\$\{(?P<kind>ref|secret):(?P<body>[^{}]+?)(?P<in_url>\|url)?\}")
_OPENING = "${"
_ESCAPED = "$$"


@dataclass(frozen=True)
class Placeholder:
    """What stands for a value.

    Attributes:
        kind: ``ref`` or ``secret``.
        body: ``ADDRESS.PATH``, or the secret's name.
        in_url: Whether the value is written as URLs need it, with ``%40`` for ``@``.
    """

    kind: str
    body: str
    in_url: bool = False

    def __str__(self) -> str:
        """The text that stands for the value."""
        return f"${{{self.kind}:{self.body}{'|url' if self.in_url else ''}}}"

    def shaped(self, value: Any) -> Any:
        """Give the value as it is to stand in the text.

        Args:
            value: What is meant.
        """
        return quote(str(value), safe="") if self.in_url else value


def has_placeholder(value: Any) -> bool:
    """Tell whether a text, or some text inside a list, a dict or a model, stands for a later value.

    Plugins that look into a field's text, such as ``"8080:80"``, leave such a text alone.

    Args:
        value: A field's value.
    """
    return next(placeholders(value), None) is not None


def is_literal(text: str) -> bool:
    """Tell whether a text means just itself: it holds neither a placeholder nor an escaped one."""
    return _PLACEHOLDER.search(text) is None


def placeholders(value: Any) -> Iterator[Placeholder]:
    """Find what stands for later values, in the order of the text.

    Args:
        value: A field's value.
    """
    for text in texts(value):
        if _OPENING in text:
            yield from (part for part in parts(text) if isinstance(part, Placeholder))


def written(model: BaseModel) -> Iterator[tuple[str, Any]]:
    """Give the fields of a resource that have a value and describe the thing itself.

    Args:
        model: The resource.
    """
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        if value is not None and not info.exclude:
            yield name, value


def placeholders_in(model: BaseModel) -> Iterator[Placeholder]:
    """Find what stands for later values in the fields of a resource.

    Args:
        model: The resource.
    """
    for _name, value in written(model):
        yield from placeholders(value)


def parts(text: str) -> list[str | Placeholder]:
    """Split a text into literal pieces and placeholders; escapes are resolved.

    Args:
        text: Any text.
    """
    found: list[str | Placeholder] = []
    literal, position = "", 0
    for match in _PLACEHOLDER.finditer(text):
        literal += text[position : match.start()]
        position = match.end()
        if match[0].startswith(_ESCAPED):
            literal += match[0][1:]
            continue
        found += [literal] if literal else []
        found.append(_of(match))
        literal = ""
    literal += text[position:]
    return [*found, literal] if literal else found


def replaced(value: Any, change: Callable[[Placeholder], Placeholder]) -> Any:
    """Give a value with other placeholders; escapes stay.

    Args:
        value: A field's value.
        change: Gives the new placeholder for an old one.
    """

    def rewrite(match: re.Match[str]) -> str:
        if match[0].startswith(_ESCAPED):
            return match[0]
        return str(change(_of(match)))

    return mapped(value, lambda text: _PLACEHOLDER.sub(rewrite, text))


def in_url(text: str) -> str:
    """Write a text, such as a password, as a part of a URL; so are the values that it stands for.

    Args:
        text: Any text; placeholders may stand in it.
    """
    pieces = (piece if isinstance(piece, Placeholder) else quote(piece, safe="") for piece in parts(text))
    return "".join(str(replace(one, in_url=True)) if isinstance(one, Placeholder) else one for one in pieces)


def mapped(value: Any, change: Callable[[str], Any]) -> Any:
    """Give a value with each text in it changed; what holds no text is the same object.

    Args:
        value: A field's value: text, or lists, dicts and models of it.
        change: Gives the new value for a text.
    """
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {mapped(key, change): mapped(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return type(value)(mapped(item, change) for item in value)
    if isinstance(value, BaseModel):
        return value.model_copy(update={name: mapped(item, change) for name, item in value})
    return value


def texts(value: Any) -> Iterator[str]:
    """Give every text in a value, also inside lists, dicts and models.

    Args:
        value: A field's value.
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from texts(key)
            yield from texts(item)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from texts(item)
    elif isinstance(value, BaseModel):
        for _name, item in value:
            yield from texts(item)


def _of(match: re.Match[str]) -> Placeholder:
    return Placeholder(match["kind"], match["body"], in_url=bool(match["in_url"]))


def split_reference(body: str, addresses: Collection[str]) -> tuple[str, str] | None:
    """Tell an address and a path apart; both may hold dots.

    Args:
        body: ``ADDRESS.PATH``.
        addresses: The addresses there are.

    Returns:
        The address and the path; ``None`` when no resource is meant.
    """
    meant = [one for one in addresses if body.startswith(f"{one}.") and len(body) > len(one) + 1]
    address = max(meant, key=len, default=None)
    return None if address is None else (address, body[len(address) + 1 :])


def accept_placeholders(schema: Any) -> None:
    """Let each field of a model take a placeholder unchecked: its value comes later.

    Args:
        schema: The core schema of the model, changed in place.
    """
    while schema["type"] != "model-fields":
        schema = schema["schema"]
    for field in schema["fields"].values():
        holder = field["schema"] if field["schema"]["type"] == "default" else field
        holder["schema"] = core_schema.no_info_wrap_validator_function(_checked_later, holder["schema"])


def _checked_later(value: Any, check: core_schema.ValidatorFunctionWrapHandler) -> Any:
    return str(value) if isinstance(value, str) and has_placeholder(value) else check(value)
