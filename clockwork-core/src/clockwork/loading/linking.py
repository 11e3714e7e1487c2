"""After loading: references get the addresses they mean, secrets their names, groups their children."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from clockwork.errors import LoadError
from clockwork.hook_types import LoadedFile
from clockwork.placeholders import Placeholder, placeholders, replaced, split_reference, written
from clockwork.resources.base import Resource
from clockwork.resources.secret import Secret, SecretSource
from clockwork.suggestions import did_you_mean


def link(resources: Sequence[Resource], loaded: LoadedFile, beside: Sequence[Resource] = ()) -> None:
    """Write addresses and names where the user's objects stood in fields, and check that they exist.

    Args:
        resources: The loaded resources, at their addresses.
        loaded: What the file defines, among it its secrets.
        beside: Resources that are linked already, which these may name.

    Raises:
        LoadError: A field names a resource or a secret that is not declared.
    """
    names = _secret_names(resources, loaded)
    secrets = {name: source for other in beside for name, source in other.links.secrets.items()}
    secrets |= {name: source for key, name in names.items() if (source := Secret.source_of(key))}
    addresses = {resource.links.key: resource.address for resource in (*beside, *resources)}
    known = {*addresses.values()}

    for resource in resources:
        resource.links.secrets = secrets
        for field, value in [*written(resource)]:
            fresh = replaced(value, lambda one: _named(one, names, addresses, resource, field))  # noqa: B023
            _check(fresh, resource, field, known, secrets)
            resource.__dict__[field] = fresh
        resource.__dict__["assertions"] = replaced(
            resource.assertions,
            lambda one: _named(one, names, addresses, resource, "assertions"),  # noqa: B023
        )
        _check(resource.assertions, resource, "assertions", known, secrets)


def _secret_names(resources: Sequence[Resource], loaded: LoadedFile) -> dict[str, str]:
    """Name the secrets: as the user named them, after their variable, or after the field they stand in."""
    keys: dict[str, str] = {}
    for name, value in loaded.names.items():
        if isinstance(value, Secret):
            keys.setdefault(value.key, name)
    for resource in resources:
        for field, value in written(resource):
            for way, text in _ways(value):
                for one in placeholders(text):
                    if one.kind == "secret" and Secret.source_of(one.body):
                        keys.setdefault(one.body, f"{resource.address}.{field}{way}")
    named = {key: source.name or name for key, name in keys.items() if (source := Secret.source_of(key))}
    _check_each_once(named)
    return named


def _check_each_once(names: Mapping[str, str]) -> None:
    first: dict[str, str] = {}
    for key, name in names.items():
        other = first.setdefault(name, key)
        if Secret.source_of(other) != Secret.source_of(key):
            raise LoadError(f"two secrets have the name {name!r}", hint="Give one of them another name=...")


def _named(
    one: Placeholder,
    names: Mapping[str, str],
    addresses: Mapping[str, str],
    resource: Resource,
    field: str,
) -> Placeholder:
    if not one.body.startswith("#"):
        return one
    if one.kind == "secret":
        return replace(one, body=names[one.body])
    key, _, path = one.body.partition(".")
    if key not in addresses:
        raise LoadError(
            "it refers to a resource that is not declared",
            address=resource.address,
            field=field,
            hint="Give that resource a name of its own in the file.",
        )
    return replace(one, body=f"{addresses[key]}.{path}")


def _check(
    value: Any, resource: Resource, field: str, known: set[str], secrets: Mapping[str, SecretSource]
) -> None:
    for one in placeholders(value):
        missing = one.kind == "secret" and one.body not in secrets
        if missing or (one.kind == "ref" and split_reference(one.body, known) is None):
            what = "secret" if missing else "resource with a field or output"
            guess = did_you_mean(one.body, secrets if missing else known)
            way_out = f"Declare it, or write $${{{one.kind}:...}} if the text itself is meant."
            raise LoadError(
                f"there is no {what} {one.body!r}",
                address=resource.address,
                field=field,
                hint=f"{guess} {way_out}".lstrip(),
            )


def _ways(value: Any) -> Iterator[tuple[str, Any]]:
    """Give the parts of a value, with the way to each."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from ((f".{key}{way}", part) for way, part in _ways(item))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from ((f"[{index}]{way}", part) for way, part in _ways(item))
    else:
        yield "", value
