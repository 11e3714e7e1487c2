"""Puts outputs and secrets where placeholders stand, while the program runs."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pulumi
from pulumi import _types

from clockwork.errors import DeployError, SecretError
from clockwork.placeholders import Placeholder, is_literal, parts, split_reference
from clockwork.project import FOLDER_NAME
from clockwork.providers.embedded import EmbeddedResource
from clockwork.providers.generated_secret import GeneratedSecret
from clockwork.redaction import keep_secret
from clockwork.resources.base import Resource
from clockwork.resources.references import follow, spellings
from clockwork.resources.secret import SecretSource
from clockwork.state.passphrase import passphrase_environment


class Resolver:
    """Knows what the resources compiled so far give, and the project's secrets."""

    def __init__(self, project: Path, register: Callable[[str, Callable[[], Any]], Any]) -> None:
        """Start with nothing compiled.

        Args:
            project: The folder of the user's file.
            register: Registers a generated secret under its name, by calling what makes it.
        """
        self.compiled: dict[str, pulumi.Resource] = {}
        self._project = project
        self._register = register
        self._secrets: dict[str, pulumi.Output[str]] = {}

    def resolve(self, resource: Resource, value: Any) -> Any:
        """Give an input with everything in its place.

        Args:
            resource: The resource that is being compiled.
            value: Its input: texts, lists, dicts and the SDK's input types.

        Returns:
            The same value where nothing stood for another; else plain texts and Pulumi outputs.

        Raises:
            DeployError: A resource has no such output.
            SecretError: A secret's value is not where it should come from.
        """
        if isinstance(value, str):
            return value if is_literal(value) else self._text(resource, value)
        if isinstance(value, pulumi.Output | pulumi.Resource):
            return value
        if isinstance(value, Mapping):
            return {key: self.resolve(resource, item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.resolve(resource, item) for item in value]
        if _types.is_input_type(type(value)):
            return self._input_type(resource, value)
        return value

    def _input_type(self, resource: Resource, value: Any) -> Any:
        fresh = copy.copy(value)
        for name, item in vars(value).items():
            vars(fresh)[name] = self.resolve(resource, item)
        return fresh

    def _text(self, resource: Resource, text: str) -> Any:
        pieces = [
            self._shaped(resource, piece) if isinstance(piece, Placeholder) else piece
            for piece in parts(text)
        ]
        if len(pieces) == 1:
            return pieces[0]
        return pulumi.Output.all(*pieces).apply(lambda values: "".join(map(str, values)))

    def _shaped(self, resource: Resource, one: Placeholder) -> pulumi.Output[Any]:
        value = self._later(resource, one)
        return value.apply(one.shaped) if one.in_url else value

    def _later(self, resource: Resource, one: Placeholder) -> pulumi.Output[Any]:
        if one.kind == "secret":
            return self._secret(resource, one.body)
        found = split_reference(one.body, self.compiled)
        if found is None:
            raise DeployError(f"there is no resource for {one}", address=resource.address)
        address, path = found
        missing = DeployError(
            f"{address} has no field or output {path!r}", address=resource.address, hint=_SEE_OUTPUTS
        )
        output = _output_of(self.compiled[address], path, missing)
        if output is None:
            raise missing
        return output

    def _secret(self, resource: Resource, name: str) -> pulumi.Output[str]:
        if name not in self._secrets:
            source = resource.links.secrets.get(name)
            if source is None:
                raise SecretError(f"there is no secret {name!r}", address=resource.address)
            try:
                self._secrets[name] = self._value_of(name, source)
            except SecretError as error:
                error.address = error.address or resource.address
                raise
        return self._secrets[name]

    def _value_of(self, name: str, source: SecretSource) -> pulumi.Output[str]:
        if source.origin == "generated":
            made = self._register(name, lambda: GeneratedSecret(name, source.length))
            return pulumi.Output.secret(made.output("value"))
        if source.origin == "config":
            found = pulumi.Config().get_secret(source.place)
            if found is None:
                raise SecretError(
                    f"the stack's configuration has no {source.place!r}",
                    hint="`clockwork apply` makes the stack, even where it stops here. Then set it: "
                    f"cd .clockwork/state && {self._passphrase}pulumi config set --secret {source.place}"
                    f" --stack {pulumi.get_stack()}",
                )
            return found.apply(_kept)
        return pulumi.Output.secret(_kept(source.read(self._project)))

    @property
    def _passphrase(self) -> str:
        """What plain ``pulumi`` needs in front, unless the person gave a passphrase."""
        ours = passphrase_environment(self._project / FOLDER_NAME)
        return "".join(f"{name}=../{Path(file).name} " for name, file in ours.items())


_SEE_OUTPUTS = "`clockwork outputs` lists the outputs of what is deployed."


def _kept(value: str) -> str:
    keep_secret(value)
    return value


def _output_of(made: pulumi.Resource, path: str, missing: DeployError) -> pulumi.Output[Any] | None:
    """Give an output, or a part of one; ``None`` when the resource has no such output.

    A part that turns out to be missing, once the output is known, raises the error.
    """
    name, rest = _first_step(path)
    if name in ("id", "urn"):
        output = getattr(made, name)
    elif isinstance(made, EmbeddedResource):
        output = made.output(name) if name in made.State.model_fields else None
    else:
        found = (getattr(made, spelled, None) for spelled in spellings(name))
        output = next((one for one in found if isinstance(one, pulumi.Output)), None)
    if not isinstance(output, pulumi.Output):
        return None
    return output if not rest else output.apply(lambda value: _part_of(value, rest, missing))


def _part_of(value: Any, path: str, missing: DeployError) -> Any:
    try:
        return follow(value, path)
    except LookupError:
        raise missing from None


def _first_step(path: str) -> tuple[str, str]:
    end = next((index for index, letter in enumerate(path) if letter in ".["), len(path))
    return path[:end], path[end:]
