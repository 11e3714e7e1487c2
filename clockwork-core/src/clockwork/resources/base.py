"""The base class of everything a person can declare."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Optional, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationInfo, field_validator

from clockwork.assertions.base import Assertions
from clockwork.errors import LoadError
from clockwork.provenance import Provenance, Source
from clockwork.resources.fields import Completion, completion_of, not_completable
from clockwork.resources.texts import wrong_text


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
    """

    model_config = ConfigDict(extra="forbid", validate_assignment=True, validate_default=False)

    name: str
    description: Optional[str] = not_completable("what it is for, in the user's words")
    depends_on: list[Resource] = Field(default_factory=list, exclude=True, repr=False)
    assertions: Assertions = Field(default_factory=list, exclude=True, repr=False)

    _address: str | None = PrivateAttr(default=None)
    _project: Path | None = PrivateAttr(default=None)
    _provenance: dict[str, Provenance] = PrivateAttr(default_factory=dict)

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

    def provenance(self, field: str) -> Provenance:
        """Tell who decided a field's value."""
        if field in self._provenance:
            return self._provenance[field]
        written = field in self.model_fields_set and getattr(self, field) is not None
        return Provenance(Source.USER if written else Source.DEFAULT)

    def completed(self, values: Mapping[str, Any], provenance: Mapping[str, Provenance]) -> Self:
        """Make the completed resource: a validated copy with more values, at the same place.

        Args:
            values: The values for missing fields; the user's own values are never replaced.
            provenance: Who decided each of them.

        Raises:
            pydantic.ValidationError: The whole, with the new values, is not valid.
        """
        written = {*self.model_fields_set, "depends_on", "assertions"}
        given = {name: getattr(self, name) for name in written if getattr(self, name) is not None}
        whole = type(self).model_validate({**values, **given})
        for private in self.__private_attributes__:
            setattr(whole, private, getattr(self, private))
        whole._provenance = {**self._provenance, **{k: v for k, v in provenance.items() if k not in given}}
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

    def is_wanted(self) -> bool:
        """Tell whether the thing should exist; one that should not is not deployed, or is removed."""
        return True

    def claims(self) -> list[str]:
        """The real things this resource claims, such as ``file /srv/a.txt``, for finding conflicts.

        Two resources of one project must not claim the same thing. What is not known
        before completion is left out.
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
