"""Core's rules for every value that the user did not write, whatever resource it is for."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from pydantic import BaseModel

from clockwork.completion.neighbours import connected, secrets_in
from clockwork.credentials import (
    credential_options,
    credentials_given,
    holds_key,
    holds_password,
    is_credential,
)
from clockwork.errors import SecretError
from clockwork.guard.rules import CONTROL_CHARACTER, CREDENTIAL, FOREIGN_VALUE, TOO_LARGE
from clockwork.hook_types import CompletionContext, Refusal
from clockwork.placeholders import placeholders, split_reference, texts, written
from clockwork.resources.base import Resource
from clockwork.resources.fields import Completion, completion_of


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
    known = (*own, *(one for other in others for one in secrets_in(other)))
    secrets = sorted({one.body for one in known if one.kind == "secret"})
    addresses = [other.address for other in others]
    for field, value in values.items():
        if (refused := _not_its_own(value, secrets, addresses)) is not None:
            yield Refusal(field, refused, FOREIGN_VALUE)
        if leaked := _value_of_a_secret(value, resource):
            reason = f"it holds the value of the secret {leaked}; write ${{secret:{leaked}}} in its place"
            yield Refusal(field, reason, CREDENTIAL, leaked)
            continue
        is_text = completion_of(type(resource), field) is Completion.LONG_TEXT
        broken = {rule: (reason, about) for rule, reason, about in _broken(field, value, is_text)}
        for rule, (reason, about) in broken.items():
            way_out = f"; {_way_out(secrets)}" if rule == CREDENTIAL else ""
            yield Refusal(field, f"{reason}{way_out}", rule, about)


def may_be_told(text: str, resource: Resource) -> bool:
    """Tell whether words of a model that are no value of a resource may be kept and shown.

    Args:
        text: The words.
        resource: What they are about.
    """
    return _value_of_a_secret(text, resource) is None and not any(_broken("", text, is_text=False))


def _not_its_own(value: Any, secrets: Collection[str], addresses: Collection[str]) -> str | None:
    """Tell which placeholder in a value may not be there: only those of connected resources may."""
    for one in placeholders(value):
        if one.kind == "secret" and one.body not in secrets:
            return f"{one} is not a secret of this resource or of one it is connected to"
        if one.kind == "ref" and split_reference(one.body, addresses) is None:
            return f"{one} is not a value of a resource that this one is connected to"
    return None


def _value_of_a_secret(value: Any, resource: Resource) -> str | None:
    """Name the secret whose value stands in a model's, which may have read it somewhere."""
    found = list(texts(value))
    for name, source in resource.links.secrets.items():
        if source.origin not in ("environment", "file"):
            continue
        try:
            secret = source.read(resource.project)
        except SecretError:
            continue
        is_word = len(secret) < _SHORTEST_SECRET or secret.isalpha()
        if not is_word and any(secret in text for text in found):
            return name
    return None


def _way_out(secrets: Sequence[str]) -> str:
    if not secrets:
        return "a credential is the user's to write, never the model's: leave it out"
    return f"write {' or '.join(f'${{secret:{name}}}' for name in secrets)} in its place, or leave it out"


def _broken(name: str, value: Any, is_text: bool, depth: int = 0) -> Iterator[tuple[str, str, str]]:
    """Give the rules that a value breaks, each with the reason and the name of the part that breaks it."""
    if isinstance(value, BaseModel):
        value = value.model_dump()
    if isinstance(value, str | PurePath):
        yield from _of_text(name, str(value))
        yield from _credentials(name, str(value), is_text)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _named(name, str(value))
    elif isinstance(value, Mapping | list | tuple | set | frozenset):
        if len(value) > _MOST_ITEMS:
            yield TOO_LARGE, f"it has {len(value):,} items, and {_MOST_ITEMS:,} are the most", name
        if depth > _DEEPEST:
            yield TOO_LARGE, f"it is nested more than {_DEEPEST} levels deep", name
            return
        yield from _of_parts(value)
        pairs = value.items() if isinstance(value, Mapping) else ((name, item) for item in value)
        for key, item in pairs:
            yield from _of_text(name, str(key))
            yield from _broken(str(key), item, is_text, depth + 1)


def _of_text(name: str, text: str) -> Iterator[tuple[str, str, str]]:
    if len(text) > _LONGEST:
        yield TOO_LARGE, f"it has {len(text):,} characters, and {_LONGEST:,} are the most", name
    found = sorted({f"U+{ord(c):04X}" for c in text if c not in "\n\t" and _is_control(c)})
    if found:
        yield CONTROL_CHARACTER, f"it holds control characters ({', '.join(found[:5])})", name


def _credentials(name: str, value: str, is_text: bool) -> Iterator[tuple[str, str, str]]:
    if holds_key(value):
        yield CREDENTIAL, "it holds a private key or an access token", name
    if is_text:
        return
    if holds_password(value):
        yield CREDENTIAL, "the address holds a password", name
    yield from _named(name, value)
    for named in credentials_given(value):
        yield CREDENTIAL, _LOOKS_LIKE.format(named), named


def _named(name: str, value: str) -> Iterator[tuple[str, str, str]]:
    if is_credential(name, value):
        yield CREDENTIAL, _LOOKS_LIKE.format(name), name


def _of_parts(value: Any) -> Iterator[tuple[str, str, str]]:
    """Give the rules that parts break together: a name and its value, an option and what follows it."""
    if isinstance(value, Mapping):
        named, given = value.get("name", value.get("key")), value.get("value")
        if isinstance(named, str) and isinstance(given, str):
            yield from _named(named, given)
    elif all(isinstance(word, str) for word in value):
        for option in credential_options(" ".join(value)):
            yield CREDENTIAL, _LOOKS_LIKE.format(option), option


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs"} or character in _BIDIRECTIONAL


_LOOKS_LIKE = "{} looks like a credential"
_SHORTEST_SECRET = 6
_LONGEST = 1_000_000
_MOST_ITEMS = 1_000
_DEEPEST = 20
_BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
