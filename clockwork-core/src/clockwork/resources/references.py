"""References from one resource to another: whom they mean, and the values that are known already."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.alias_generators import to_camel, to_snake

from clockwork.errors import LoadError
from clockwork.placeholders import (
    Placeholder,
    has_placeholder,
    mapped,
    parts,
    placeholders,
    placeholders_in,
    split_reference,
    written,
)
from clockwork.resources.base import Resource
from clockwork.resources.order import in_order
from clockwork.validation import problems

_STEP = re.compile(r"\.?(?P<name>[^.\[\]]+)|\[(?P<index>\d+)\]|\[\"(?P<key>[^\"]*)\"\]")


def spellings(name: str) -> tuple[str, ...]:
    """Give a name as it is written, and as Python and Pulumi write it: ``ip_address`` and ``ipAddress``.

    Args:
        name: An output's name.
    """
    return name, to_snake(name), to_camel(to_snake(name))


def follow(value: Any, path: str) -> Any:
    """Follow a path such as ``ports[0]`` or ``labels.role`` into a value.

    Raises:
        LookupError: There is no such part.
    """
    position = 0
    for step in _STEP.finditer(path):
        if step.start() != position:
            break
        position = step.end()
        value = _part(value, step["index"], step["name"] or step["key"])
    if position != len(path):
        raise LookupError(path)
    return value


def filled(value: Any, known: Mapping[str, Any]) -> Any:
    """Put known values, as text, where their placeholders stand.

    Args:
        value: A value that holds text.
        known: Values by the text of their placeholders.
    """
    return mapped(value, partial(_filled, known=known, whole=False))


def resolved(resources: Sequence[Resource]) -> list[Resource]:
    """Put the fields that references mean in their places; outputs and secrets stay for later.

    Args:
        resources: Completed resources.

    Returns:
        The resources in the same order; those without such references are the same objects.

    Raises:
        LoadError: References go round in a circle, or a value does not fit where it is to stand.
    """
    _let_wait_for_what_they_use(resources)
    done: dict[str, Resource] = {}
    for resource in in_order(resources):
        done[resource.address] = _resolved(resource, done)
    for resource in done.values():
        _resolve_assertions(resource, done)
    return [done[resource.address] for resource in resources]


def _let_wait_for_what_they_use(resources: Sequence[Resource]) -> None:
    """Let resources depend on those that make what they name."""
    makers = {claim: one.address for one in resources for claim in one.claims()}
    for resource in resources:
        used = {makers[name] for name in resource.uses() if name in makers} - {resource.address}
        resource._links = replace(resource.links, resolved=resource.links.resolved | used)


def _resolved(resource: Resource, done: Mapping[str, Resource]) -> Resource:
    known = {str(one): value for one in placeholders_in(resource) for value in _known_values(one, done)}
    if not known:
        return resource
    sources = frozenset(
        found[0]
        for one in placeholders_in(resource)
        if str(one) in known and (found := split_reference(one.body, done))
    )
    try:
        return _changed(resource, lambda text: _filled(text, known, whole=True), sources)
    except ValidationError:
        pass
    try:
        return _changed(resource, lambda text: _filled(text, known, whole=False), sources)
    except ValidationError as error:
        first = problems(error)[0]
        raise LoadError(
            f"what it refers to does not fit: {first.message}",
            address=resource.address,
            field=first.field or None,
        ) from None


def _changed(resource: Resource, change: Callable[[str], Any], sources: frozenset[str]) -> Resource:
    """Make a copy at the same place, with each text that holds a placeholder changed."""
    whole = resource.at_same_place()
    whole._links = replace(resource.links, resolved=resource.links.resolved | sources)
    for name, value in written(resource):
        if has_placeholder(value):
            setattr(whole, name, mapped(value, change))
    return whole


def _resolve_assertions(resource: Resource, done: Mapping[str, Resource]) -> None:
    """Put known fields in the assertions; these may name the resource itself."""
    found = placeholders(resource.assertions)
    known = {str(one): value for one in found for value in _known_values(one, done)}
    if known:
        resource.__dict__["assertions"] = filled(resource.assertions, known)


def _known_values(one: Placeholder, done: Mapping[str, Resource]) -> Iterator[Any]:
    """Give the value a reference means, if it is a field that has one."""
    found = split_reference(one.body, done) if one.kind == "ref" else None
    if found is None:
        return
    address, path = found
    resource = done[address]
    name = re.split(r"[.\[]", path, maxsplit=1)[0]
    values = dict(written(resource))
    value = values[name] if name in values else _property(resource, name)
    if value is None:
        return
    try:
        yield one.shaped(follow(value, path[len(name) :]))
    except LookupError:
        raise LoadError(f"its field {name!r} has no {path!r}", address=address) from None


def _property(resource: Resource, name: str) -> Any:
    """Give what follows from the fields: a property that the resource's own class defines."""
    is_own = isinstance(getattr(type(resource), name, None), property) and not hasattr(Resource, name)
    return getattr(resource, name) if is_own else None


def _filled(text: str, known: Mapping[str, Any], *, whole: bool) -> Any:
    """Put known values in a text; one that is nothing but a reference becomes the value itself."""
    if whole and text in known:
        return known[text]
    return "".join(
        (str(known[str(part)]) if str(part) in known else str(part))
        if isinstance(part, Placeholder)
        else part.replace("${ref:", "$${ref:").replace("${secret:", "$${secret:")
        for part in parts(text)
    )


def _part(value: Any, index: str | None, name: str | None) -> Any:
    if index is not None:
        return value[int(index)]
    if isinstance(value, BaseModel) and name in type(value).model_fields:
        return getattr(value, str(name))
    if isinstance(value, Mapping) and name is not None:
        for spelled in spellings(name):
            if spelled in value:
                return value[spelled]
    raise LookupError(name)
