"""What an author writes to have a kind of thing built: one class, no Pulumi plugin."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

import pulumi
from pydantic import BaseModel, ValidationError

from clockwork.errors import PluginError, ProviderError
from clockwork.placeholders import is_literal
from clockwork.providers import wire
from clockwork.providers.registration import output_of, running_registrations
from clockwork.providers.siblings import Siblings
from clockwork.state.journal import Claim, Journal
from clockwork.validation import problems


@dataclass(frozen=True)
class FieldChange:
    """How one input of a thing changes.

    Attributes:
        replace: The thing must be made anew for it.
        drift: The real thing was changed by hand; the user's wish did not change.
        found: What the real thing has now, where it was changed by hand and everybody may see it.
    """

    replace: bool = False
    drift: bool = False
    found: Any = None


@dataclass(frozen=True)
class Diff:
    """What differs between a thing and the wish.

    Attributes:
        changes: The differing inputs by name; empty when nothing differs.
        delete_first: On replacement, delete the old thing before the new one is created.
        gone: Whether the real thing is there no more, so that people are told that it is made, not changed.
    """

    changes: Mapping[str, FieldChange] = field(default_factory=dict)
    delete_first: bool = False
    gone: bool = False

    @property
    def replaces(self) -> bool:
        """Whether the thing must be made anew."""
        return any(change.replace for change in self.changes.values())


@dataclass(frozen=True)
class Call:
    """What a provider method may know about the call that runs it.

    Attributes:
        urn: The engine's name of the resource.
        name: Its Pulumi name, which is its address.
        project: The folder of the user's file, to which relative paths are relative.
        preview: Whether the engine only asks what would happen.
        force: Whether the person allowed what is otherwise refused.
        replacing: Whether a thing is deleted to make room for its replacement, or created as one.
        timeout_seconds: How long the call may take, where the resource says so (``custom_timeouts``).
        journal: What this stack is known to have made, beyond the engine's own state.
        siblings: The other resources of the stack; see :meth:`EmbeddedResource.predecessor`.
        note: Tells the person something, such as that a change by hand is undone.
        keep: Tells the person, from ``delete``, that the real thing is left alone and why; it then
            counts as kept, not as deleted. Only for what shows in the act: see
            :meth:`EmbeddedResource.keeps`.
        progress: Tells what is going on, and how much of it is done where that is known.
    """

    urn: str
    name: str
    project: Path
    preview: bool = False
    force: bool = False
    replacing: bool = False
    timeout_seconds: float | None = None
    journal: Journal = field(default_factory=Journal)
    siblings: Siblings = field(default_factory=Siblings)
    note: Callable[[str], None] = lambda _text: None
    keep: Callable[[str], None] = lambda _text: None
    progress: Callable[[str, float | None], None] = lambda _text, _part: None


class EmbeddedResource(pulumi.CustomResource):
    """A kind of real thing, and how it is created, read, updated and deleted.

    A subclass names its Pulumi type, and the class of resource that declares it, in the class line
    and describes its inputs and what is remembered of the real thing as two nested models::

        class Motd(EmbeddedResource, type="clockwork:motd:Motd", declared_as="MotdResource"):
            class Inputs(BaseModel):
                text: str

            class State(BaseModel):
                digest: str

            async def create(self, new: Inputs) -> State: ...

    A type of a published package has the package's own names on the wire: give the models an alias
    generator, such as Pydantic's ``to_camel``, and have ``to_pulumi()`` return the package's own class.

    Calling the class inside ``to_pulumi()`` registers a resource with the engine. The methods
    below run on other instances, one for each call, which only know :attr:`call`. A method that
    raises fails its resource alone; raise :class:`~clockwork.errors.ProviderError` for what can be
    expected.

    Attributes:
        type_token: The Pulumi type, such as ``clockwork:file:File``.
        declared_as: The class of resource that people declare it with, such as ``FileResource``;
            shown for what is no longer in their file.
        fields_of_inputs: The field of that class which an input comes from, where it has another name.
        call: The call that runs a method.
    """

    type_token: ClassVar[str] = ""
    declared_as: ClassVar[str] = ""
    fields_of_inputs: ClassVar[Mapping[str, str]] = {}
    Inputs: ClassVar[type[BaseModel]] = BaseModel
    State: ClassVar[type[BaseModel]] = BaseModel
    call: Call
    _registration: asyncio.Task[Any]

    def __init_subclass__(
        cls, *, type: str | None = None, declared_as: str | None = None, **kwargs: Any
    ) -> None:
        super().__init_subclass__(**kwargs)
        cls.declared_as = declared_as or cls.declared_as
        if type is not None:
            if len(type.split(":")) != 3 or not all(type.split(":")):
                raise PluginError(f"{cls.__name__}: {type!r} is not a Pulumi type like package:module:Name")
            cls.type_token = type

    def __init__(self, resource_name: str, opts: pulumi.ResourceOptions | None = None, **inputs: Any) -> None:
        """Register a resource with the engine; only inside a running program.

        Args:
            resource_name: Its Pulumi name; ``resource.address`` as a rule.
            opts: Pulumi's own options, seldom needed.
            **inputs: The inputs, plain values or outputs of other resources.

        Raises:
            ProviderError: An input is unknown or wrong.
        """
        props = {name: value for name, value in inputs.items() if value is not None}
        if opts is not None or not _is_plain(props):
            computed = dict.fromkeys(self.State.model_fields)
            super().__init__(self.type_token, resource_name, {**computed, **props}, opts)
            return
        try:
            plain = self.Inputs.model_validate(props).model_dump(
                mode="json", exclude_none=True, by_alias=True
            )
        except ValidationError as error:
            first = problems(error)[0]
            raise ProviderError(first.message, address=resource_name, field=first.field or None) from None
        super().__init__(self.type_token, resource_name, dependency=True)
        self._registration = running_registrations().register(self.type_token, resource_name, plain)

    @property
    def urn(self) -> pulumi.Output[str]:
        """The engine's name of the resource."""
        return self._output("urn", lambda response: response.urn)

    @property
    def id(self) -> pulumi.Output[str]:
        """The provider's id of the real thing; unknown while planning its creation."""
        return self._output("id", lambda response: response.id or None)

    def output(self, name: str) -> pulumi.Output[Any]:
        """Give a field of the ``State`` for use in another resource's inputs.

        Args:
            name: The field's name.
        """
        return self._output(name, lambda response: dict(response.object).get(name))

    def _output(self, name: str, pick: Callable[[Any], Any]) -> pulumi.Output[Any]:
        if name not in self.__dict__:
            self.__dict__[name] = output_of(self, self._registration, pick)
        made: pulumi.Output[Any] = self.__dict__[name]
        return made

    @classmethod
    def for_call(cls, call: Call) -> Self:
        """Make the instance that serves one call; nothing is registered."""
        served = cls.__new__(cls)
        served.call = call
        return served

    @classmethod
    def as_declared(cls, inputs: Mapping[str, Any], project: Path) -> Mapping[str, Any]:
        """Write inputs as people declare them, for what is shown to them; as they are unless overridden.

        Args:
            inputs: All inputs of a thing, by name on the wire; secrets are hidden, and what is known later
                is a text that only the engine understands.
            project: The folder of the user's file.

        Returns:
            Values by field.
        """
        return inputs

    @classmethod
    def refuse_elsewhere(cls, inputs: Mapping[str, Any]) -> None:
        """Refuse a wish that Pulumi's own program, which is to build it instead, would not understand.

        For types of a published package alone, with ``--providers official``.

        Args:
            inputs: What is registered, by name; values that are known later are Pulumi outputs.

        Raises:
            ProviderError: It means something that the program does not know.
        """

    async def check(self, new: Any, old: Any | None) -> None:
        """Refuse a wish before anything is changed.

        Args:
            new: The wanted inputs.
            old: The inputs of the last deployment; ``None`` when the stack does not have the thing.

        Raises:
            ProviderError: The wish cannot or must not be fulfilled.
        """

    async def diff(self, state: Any, old: Any, new: Any) -> Diff:
        """Compare a thing with the wish; compares the inputs unless overridden.

        Args:
            state: What is remembered of the thing.
            old: The inputs of the last deployment.
            new: The wanted inputs.
        """
        before, after = (inputs.model_dump(mode="json", by_alias=True) for inputs in (old, new))
        return Diff({name: FieldChange() for name in after if before.get(name) != after[name]})

    async def create(self, new: Any) -> Any:
        """Make the thing.

        Args:
            new: The wanted inputs.

        Returns:
            The ``State`` to remember.
        """
        raise ProviderError(f"{type(self).__name__} cannot be created", address=self.call.name)

    async def read(self, state: Any) -> Any | None:
        """Look at the real thing; what is remembered counts as real unless overridden.

        Args:
            state: What is remembered of the thing.

        Returns:
            The ``State`` as it is, or ``None`` when the thing is gone.
        """
        return state

    async def update(self, state: Any, new: Any) -> Any:
        """Change the thing in place; by default it is made again.

        Args:
            state: What is remembered of the thing.
            new: The wanted inputs.

        Returns:
            The ``State`` to remember.
        """
        return await self.create(new)

    async def keeps(self, state: Any) -> str | None:
        """Tell why the real thing is left alone although its removal was asked for.

        Plans ask it too, so it only looks.

        Args:
            state: What is remembered of the thing.

        Returns:
            What the person should know; the thing then counts as kept, and :meth:`delete` is not called.
            ``None`` when it is to be removed.
        """
        return None

    async def delete(self, state: Any) -> None:
        """Remove the thing; one that is gone already is no failure.

        Args:
            state: What is remembered of the thing.
        """

    async def is_left(self, claim: Claim) -> bool:
        """Tell whether what a killed run made is there, for a plan to tell of its removal; it only looks.

        Args:
            claim: What that run noted in the journal before making it.

        Returns:
            Whether :meth:`discard` would remove something, or keep it and tell why, as is done here too.
        """
        return False

    async def discard(self, claim: Claim) -> bool:
        """Remove what a killed run made and could not record in the state.

        Args:
            claim: What that run noted in the journal before making it.

        Returns:
            Whether there was anything, so that the person is told.
        """
        return False

    def identify(self, state: Any) -> str:
        """Give the engine's id of a created thing; its name unless overridden.

        Args:
            state: What is remembered of the thing, or the wanted inputs where they tell as much.
        """
        return self.call.name

    async def predecessor(self, new: Any) -> Any | None:
        """Give what another resource of the stack remembers of the wanted thing, if one has it.

        As a rule that is the same one under an earlier name of its variable, which is deleted later in
        the run; it must then leave the thing alone, see :meth:`successor`.

        Args:
            new: The wanted inputs, which :meth:`identify` must understand.

        Returns:
            Its ``State``; ``None`` when nobody has the thing, or part of what is remembered is encrypted.
        """
        other = await self.call.siblings.other(self.call.urn, self.identify(new))
        if other is None or wire.without_secrets(other.state) != other.state:
            return None
        return wire.load(self.State, other.state, self)

    async def successor(self, state: Any) -> str | None:
        """Name another resource of the stack that has the thing now, so that it must not be removed.

        A plan counts those that will have it, and said so with ``call.siblings.wants``.

        Args:
            state: What is remembered of the thing.

        Returns:
            Its address; ``None`` when nobody else has the thing.
        """
        siblings, id = self.call.siblings, self.identify(state)
        other = await siblings.other(self.call.urn, id, or_wants=self.call.preview)
        return None if other is None else other.name


_COMPUTED = (pulumi.Output, pulumi.Resource, pulumi.Asset, pulumi.Archive, asyncio.Future)


def _is_plain(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(_is_plain(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return all(_is_plain(item) for item in value)
    return is_literal(value) if isinstance(value, str) else not isinstance(value, _COMPUTED)
