"""The base class of everything a person can declare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Optional, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PrivateAttr,
    ValidationInfo,
    field_validator,
)
from pydantic_core import core_schema

from clockwork.assertions.base import Assertions
from clockwork.errors import LoadError
from clockwork.placeholders import Placeholder, accept_placeholders
from clockwork.provenance import Provenance, Source
from clockwork.resources.fields import Completion, completion_of, not_completable, worked_examples
from clockwork.resources.links import Links
from clockwork.resources.texts import wrong_text
from clockwork.tools.declared import Tools

if TYPE_CHECKING:
    from clockwork.connections import Connection


class Resource(BaseModel):
    """A thing that should exist, declared as a Pydantic model.

    A field that is ``None`` and that its class marks as completable is missing; a language
    model completes it unless the lock already holds its value. A wrong value, in the
    constructor or by assignment, is an error at once.

    Attributes:
        name: What the real thing is called.
        description: What it is for, in the user's words. Never completed.
        depends_on: Resources that must be deployed before this one, and removed after it.
        assertions: What is checked of the deployed thing, beside what its plugin checks.
        output_paths: Where outputs are that people call by other names, for :meth:`ref`.
        tools: What a model may use while it completes the resource: functions, PydanticAI tools,
            ``web_search()``, ``project_files()``, ``mcp_server(...)``.
    """

    model_config = ConfigDict(extra="forbid", validate_assignment=True, validate_default=False)

    name: str
    description: Optional[str] = not_completable("what it is for, in the user's words")
    depends_on: list[Resource] = Field(default_factory=list, exclude=True, repr=False)
    assertions: Assertions = Field(default_factory=list, exclude=True, repr=False)
    tools: Tools = Field(default_factory=list, exclude=True, repr=False)

    output_paths: ClassVar[Mapping[str, str]] = {}
    _address: str | None = PrivateAttr(default=None)
    _project: Path | None = PrivateAttr(default=None)
    _provenance: dict[str, Provenance] = PrivateAttr(default_factory=dict)
    _pins: dict[str, str] = PrivateAttr(default_factory=dict)
    _links: Links = PrivateAttr(default_factory=Links)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Let every field also take a text that stands for a later value."""
        schema = handler(source)
        accept_placeholders(schema)
        return schema

    @field_validator("*", mode="before")
    @classmethod
    def _takes_only_text_for_text(cls, value: Any, info: ValidationInfo) -> Any:
        reason = wrong_text(value, cls.model_fields[str(info.field_name)].annotation)
        if reason:
            raise ValueError(reason)
        return value

    @property
    def address(self) -> str:
        """Where the resource stands in the user's file, such as ``servers[0]``; its name before loading."""
        return self._address or self.name or type(self).__name__

    @property
    def is_placed(self) -> bool:
        """Whether the resource has its place among the others of its project."""
        return self._address is not None

    @property
    def project(self) -> Path:
        """The folder of the user's file; the working folder before loading."""
        return self._project or Path.cwd()

    def place(self, address: str, project: Path) -> None:
        """Give the resource its place in the user's file; called once by the loader.

        Args:
            address: Where it stands, such as ``site["web"]``.
            project: The folder of the user's file.
        """
        self._address, self._project = address, project

    def ref(self, path: str) -> Any:
        """Stand for a field or an output of this resource in another one's fields.

        The value is put in its place as soon as it is known: a field when all fields are complete, an
        output when this resource was deployed. The other resource is deployed after this one. It is
        a text, so that it can also stand inside a string::

            web.env_vars = {"DB_HOST": db.ref("name"), "DB": f"postgres://{db.ref('name')}/shop"}

        Args:
            path: The field's or output's name, or a way into it such as ``ports[0]`` or ``labels.role``.

        Returns:
            ``${ref:ADDRESS.PATH}``.
        """
        meant = self.output_paths.get(path, path)
        return str(Placeholder("ref", f"{self._address or self.links.key}.{meant}"))

    def connect(self, *others: Resource | Connection) -> Self:
        """Deploy this resource after others, and let its completion see them.

        Args:
            *others: What it needs; a :class:`~clockwork.connections.Connection` says what for.

        Returns:
            The resource itself.
        """
        connections = [other for other in others if not isinstance(other, Resource)]
        needed = [other for other in others if isinstance(other, Resource)]
        needed += [other for connection in connections for other in connection.others]
        known = {id(other) for other in self.depends_on}
        self.depends_on = [*self.depends_on, *(other for other in needed if id(other) not in known)]
        self.links.connections += connections
        return self

    @property
    def links(self) -> Links:
        """How the resource hangs together with the others of its file."""
        return self._links

    def at_same_place(self) -> Self:
        """Copy the resource as what it is in its file: with its address, its group and its secrets."""
        copied = self.model_copy()
        for private in self.__private_attributes__:
            setattr(copied, private, getattr(self, private))
        return copied

    def __copy__(self) -> Self:
        """Copy the resource; the copy belongs to no group and has an address of its own."""
        copied = super().__copy__()
        copied._links = Links()
        return copied

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """Copy the resource and what it holds; see :meth:`__copy__`."""
        copied = super().__deepcopy__(memo)
        copied._links = Links()
        return copied

    def provenance(self, field: str) -> Provenance:
        """Tell who decided a field's value."""
        if field in self._provenance:
            return self._provenance[field]
        written = field in self.model_fields_set and getattr(self, field) is not None
        return Provenance(Source.USER if written else Source.DEFAULT)

    def pin(self, field: str, value: str) -> None:
        """Fix what the name in a field means; called before the resource is compiled.

        Args:
            field: The field.
            value: What the lock says it means.
        """
        self._pins = {**self._pins, field: value}

    def pinned(self, field: str) -> str | None:
        """Give what the name in a field is fixed to mean; ``None`` when it is not pinned.

        Args:
            field: The field.
        """
        return self._pins.get(field)

    def completed(self, values: Mapping[str, Any], provenance: Mapping[str, Provenance]) -> Self:
        """Make the completed resource: a validated copy with more values, at the same place.

        Args:
            values: The values for missing fields; the user's own values are never replaced.
            provenance: Who decided each of them; of the user's own values, what they were before.

        Raises:
            pydantic.ValidationError: The whole, with the new values, is not valid.
        """
        written = {*self.model_fields_set, "depends_on", "assertions", "tools"}
        given = {name: getattr(self, name) for name in written if getattr(self, name) is not None}
        whole = type(self).model_validate({**values, **given})
        for private in self.__private_attributes__:
            setattr(whole, private, getattr(self, private))
        said = {k: v for k, v in provenance.items() if k not in given or v.source is Source.USER}
        whole._provenance = {**self._provenance, **said}
        return whole

    def missing_fields(self) -> list[str]:
        """The completable fields that have no value, in the order of the class."""
        return [
            name
            for name in type(self).model_fields
            if getattr(self, name) is None and completion_of(type(self), name) is not Completion.NEVER
        ]

    def needs_completion(self) -> bool:
        """Tell whether a value is missing that the model may choose."""
        return bool(self.missing_fields())

    @classmethod
    def known_for(cls, wish: str) -> Iterable[str]:
        """Tell what is known that helps to choose values for a wish, such as the port of an image it names.

        Small models know little by heart. What is told here stands beside the wish in the question, and
        beside the wishes of the class's worked examples.

        Args:
            wish: A description.

        Returns:
            Facts, each on a line; none unless overridden.
        """
        return ()

    @classmethod
    def examples_for(cls, field: str, decided: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        """Give the worked examples for one long text, the one that is most like it last.

        Args:
            field: The field that is asked for.
            decided: The resource's other values.

        Returns:
            Whole resources, each with a description and the field; the class's own unless overridden.
        """
        return [one for one in worked_examples(cls) if field in one]

    def is_wanted(self) -> bool:
        """Tell whether the thing should exist; one that should not is not deployed, or is removed."""
        return True

    def claims(self) -> list[str]:
        """The real things this resource claims, such as ``file /srv/a.txt``, for finding conflicts.

        Two resources of one project must not claim the same thing. What is not known
        before completion is left out.
        """
        return []

    def uses(self) -> list[str]:
        """The real things this resource needs by name, in the words of :meth:`claims`.

        What another resource of the project claims of them is deployed before this one.
        """
        return []

    def to_pulumi(self) -> Any:
        """Generate the Pulumi resource object.

        Returns:
            One Pulumi resource; what it returns is registered under the running stack.
        """
        raise LoadError(
            f"{type(self).__name__} does not say how it is deployed",
            address=self.address,
            hint="Its class must define to_pulumi().",
        )
