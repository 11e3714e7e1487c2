"""Core's policy for values that the user did not write: a model's answer is untrusted input."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from pydantic import BaseModel

from clockwork.completion.neighbours import connected, secrets_in
from clockwork.credentials import names_credential
from clockwork.hook_types import CompletionContext, Refusal
from clockwork.placeholders import Placeholder, placeholders, split_reference, written
from clockwork.resources.base import Resource
from clockwork.resources.fields import Completion, completion_of

_CREDENTIAL = "a credential is the user's to write, never the model's: leave it out"


def check_completion(
    resource: Resource, values: Mapping[str, Any], context: CompletionContext
) -> Iterator[Refusal]:
    """Refuse control characters, invented credentials, and other resources' values that are not its to use.

    Args:
        resource: The completed resource.
        values: The values that did not come from the user, by field.
        context: The missing fields and the other resources of the project.

    Yields:
        One refusal for each value that must not be used.
    """
    others = connected(resource, context)
    own = {one for name, value in written(resource) if name not in values for one in placeholders(value)}
    for field, value in values.items():
        if (refused := _not_its_own(value, own, others)) is not None:
            yield Refusal(field, refused)
            continue
        is_text = completion_of(type(resource), field) is Completion.LONG_TEXT
        reason = next(_reasons(field, value, is_text), None)
        if reason:
            yield Refusal(field, reason)


def _not_its_own(value: Any, own: Collection[Placeholder], others: Sequence[Resource]) -> str | None:
    """Tell which placeholder in a value may not be there: only those of connected resources may."""
    known = (*own, *(one for other in others for one in secrets_in(other)))
    secrets = {one.body for one in known if one.kind == "secret"}
    addresses = {other.address: other for other in others}
    for one in placeholders(value):
        if one.kind == "secret" and one.body not in secrets:
            return f"{one} is not a secret of this resource or of one it is connected to"
        if one.kind == "ref" and split_reference(one.body, addresses) is None:
            return f"{one} is not a value of a resource that this one is connected to"
    return None


def _reasons(name: str, value: Any, is_text: bool) -> Iterator[str]:
    if isinstance(value, BaseModel):
        value = value.model_dump()
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _control_characters(str(key))
            yield from _reasons(str(key), item, is_text)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _reasons(name, item, is_text)
    elif isinstance(value, str | PurePath):
        yield from _control_characters(str(value))
        yield from _credentials(name, str(value), is_text)


def _control_characters(text: str) -> Iterator[str]:
    found = sorted({f"U+{ord(c):04X}" for c in text if c not in "\n\t" and _is_control(c)})
    if found:
        yield f"it holds control characters ({', '.join(found[:5])})"


def _credentials(name: str, value: str, is_text: bool) -> Iterator[str]:
    if _PRIVATE_KEY.search(value):
        yield f"it holds a private key; {_CREDENTIAL}"
    if is_text:
        return
    key, equals, assigned = value.partition("=")
    pairs = [(name, value), (key, assigned)] if equals else [(name, value)]
    for named, credential in pairs:
        if names_credential(named) and not _HARMLESS.fullmatch(credential):
            yield f"{named} looks like a credential; {_CREDENTIAL}"
    if _URL_PASSWORD.search(value):
        yield f"the address holds a password; {_CREDENTIAL}"


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs"} or character in _BIDIRECTIONAL


_HARMLESS = re.compile(r"\s*|yes|no|true|false|on|off|[01]|\$\{[^}]+\}", re.IGNORECASE)
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_URL_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s:@]*:(?!\$\{)[^/\s@]+@", re.IGNORECASE)
_BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
