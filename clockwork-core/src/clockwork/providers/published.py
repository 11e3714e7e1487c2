"""Types of a published Pulumi package that a plugin serves, with the package's own names."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator
from pydantic.alias_generators import to_camel

RECORDED = {"recorded": True}
"""The validation context of values that were recorded earlier, perhaps by Pulumi's own program.

A model that refuses unknown values must leave them out when its validators see this context.
"""


class PublishedModel(BaseModel):
    """Inputs or outputs of a published package: Python's names here, Pulumi's on the wire.

    An input that the plugin does not serve is refused in words, so that nobody believes it was heeded; what
    an earlier deployment recorded beyond that is left out.
    """

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _refuse_what_is_not_served(cls, values: Any, info: ValidationInfo) -> Any:
        if not isinstance(values, dict):
            return values
        known = {part for name, field in cls.model_fields.items() for part in (name, field.alias)}
        if info.context == RECORDED:
            return {name: value for name, value in values.items() if name in known}
        unknown = sorted(set(values) - known)
        if unknown:
            raise ValueError(
                f"{', '.join(unknown)}: Clockwork's own provider does not serve this input; "
                "leave it out, or deploy with --providers official"
            )
        return values
