"""Puts what only a deployment knows into the assertions that name it: outputs and secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from clockwork.errors import SecretError
from clockwork.placeholders import Placeholder, placeholders, placeholders_in, split_reference
from clockwork.redaction import keep_secret
from clockwork.resources.base import Resource
from clockwork.resources.references import filled, follow

if TYPE_CHECKING:
    from clockwork.pulumi_compiler import PulumiCompiler
    from clockwork.state.deployed import Deployed


def fill_in(resources: Sequence[Resource], compiler: Callable[[], PulumiCompiler]) -> None:
    """Put outputs and secrets in the places of what stands for them in assertions.

    An output that is not there stays as it is written, and the assertion says so by failing. The values of
    all secrets in use are hidden from then on: what an assertion sees may hold any of them.

    Args:
        resources: Completed resources, changed in place.
        compiler: Gives the one who knows the stack; called only where an assertion needs it.

    Raises:
        SecretError: A secret's value is not where it should come from.
    """
    lookup = _Lookup(compiler)
    for resource in resources:
        lookup.keep_secrets(resource)
    for resource in resources:
        named = [*placeholders(resource.assertions)]
        known = {str(one): value for one in named for value in lookup.values(resource, one)}
        if known:
            resource.__dict__["assertions"] = filled(resource.assertions, known)


class _Lookup:
    """Reads the state once, and only if something in it is needed."""

    def __init__(self, compiler: Callable[[], PulumiCompiler]) -> None:
        self._compiler = compiler
        self._deployed: Mapping[str, Deployed] | None = None

    def keep_secrets(self, resource: Resource) -> None:
        """Have the secrets of a resource hidden; one that has no value cannot be seen."""
        for one in placeholders_in(resource):
            if one.kind == "secret":
                with suppress(SecretError):
                    self._secret(resource, one.body)

    def values(self, resource: Resource, one: Placeholder) -> Iterator[Any]:
        """Give the value that is meant; nothing when there is none."""
        if one.kind == "secret":
            yield one.shaped(self._secret(resource, one.body))
            return
        meant = split_reference(one.body, self._state)
        if meant is not None:
            with suppress(LookupError):
                yield one.shaped(follow(self._state[meant[0]].outputs, meant[1]))

    def _secret(self, resource: Resource, name: str) -> str:
        source = resource.links.secrets[name]
        if source.origin == "generated":
            found = self._state.get(name)
            value = found.secret if found else None
        elif source.origin == "config":
            value = self._compiler().configured(source.place)
        else:
            value = source.read(resource.project)
        if value is None:
            raise SecretError(
                f"the secret {name!r}, which an assertion names, has no value in this stack yet",
                address=resource.address,
                field="assertions",
                hint="`clockwork apply` makes it.",
            )
        keep_secret(value)
        return value

    @property
    def _state(self) -> Mapping[str, Deployed]:
        if self._deployed is None:
            self._deployed = {one.address: one for one in self._compiler().deployed()}
        return self._deployed
