"""What travels between the engine and a provider: URNs, values, differences, errors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import provider_pb2
from pydantic import BaseModel, ValidationError

from clockwork.errors import ClockworkError, ProviderError
from clockwork.providers.published import RECORDED
from clockwork.redaction import REDACTED
from clockwork.validation import problems

if TYPE_CHECKING:
    from clockwork.providers.embedded import Diff, EmbeddedResource

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""How the engine writes a value that only the deployment will know (Pulumi's plugin protocol)."""
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"
"""How the engine marks a secret among values (Pulumi's sdk/go/common/resource/sig)."""
_DEFAULTS = "__defaults"
"""Where Pulumi's provider programs note which of the inputs they filled in themselves."""


def nothing_builds(token: str, address: str | None = None) -> ProviderError:
    """Say that no plugin serves a Pulumi type.

    Args:
        token: The type, such as ``clockwork:file:File``.
        address: The resource that has it.
    """
    return ProviderError(
        f"nothing here builds {token}",
        address=address,
        hint="Install the plugin that does; `clockwork plugins` lists what is installed.",
    )


def split_urn(urn: str) -> tuple[str, str]:
    """Take the type and the name out of a URN, whose parents' types stand before its own."""
    _, _, rest = urn.partition("::")
    _, _, rest = rest.partition("::")
    types, _, name = rest.partition("::")
    return types.rsplit("$", 1)[-1], name


def message_of(error: BaseException) -> str:
    """Tell an error in a sentence or two, without the place, which is told apart."""
    if isinstance(error, ClockworkError):
        return f"{error.message}\n{error.hint}" if error.hint else error.message
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return f"{type(error).__name__}: {error}"


def plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Read values as the engine sends them."""
    values: dict[str, Any] = json_format.MessageToDict(struct)
    return values


def as_wished(value: Any) -> Any:
    """Give recorded inputs without what Pulumi's provider program filled in itself."""
    if isinstance(value, dict):
        filled_in = {_DEFAULTS, *value.get(_DEFAULTS, ())}
        return {name: as_wished(item) for name, item in value.items() if name not in filled_in}
    return [as_wished(item) for item in value] if isinstance(value, list) else value


def without_secrets(value: Any) -> Any:
    """Give values with a word where the engine sends its envelope of a secret."""
    if isinstance(value, dict):
        if _SIGNATURE in value:
            return REDACTED if value[_SIGNATURE] == _SECRET else value
        return {name: without_secrets(item) for name, item in value.items()}
    if isinstance(value, list):
        return [without_secrets(item) for item in value]
    return value


def opened(value: Any) -> Any:
    """Give what is in the engine's envelope of a secret, where it sent the value along.

    Args:
        value: A value of an exported state.

    Returns:
        The value itself; ``None`` when the envelope is encrypted.
    """
    if isinstance(value, dict) and value.get(_SIGNATURE) == _SECRET:
        return json.loads(value["plaintext"]) if "plaintext" in value else None
    return value


def struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Write values as the engine takes them."""
    made = struct_pb2.Struct()
    made.update(values)
    return made


def dump(model: BaseModel) -> dict[str, Any]:
    """Give a model's values as JSON holds them, under their wire names; what is unset is left out."""
    return model.model_dump(mode="json", exclude_none=True, by_alias=True)


def load(model: type[BaseModel], values: Mapping[str, Any], served: EmbeddedResource) -> Any:
    """Read a state or inputs that an earlier run wrote; what the model no longer knows is left out.

    Raises:
        ProviderError: They do not fit the model of the installed plugin.
    """
    names = {part for name, info in model.model_fields.items() for part in (name, info.alias)}
    known = {name: value for name, value in values.items() if name in names}
    try:
        return model.model_validate(known, context=RECORDED)
    except ValidationError as error:
        first = problems(error)[0]
        raise ProviderError(
            f"the state of this {type(served).__name__} cannot be read: {first.field}: {first.message}",
            address=served.call.name,
            hint="It was written by another version of its plugin; install that version.",
        ) from None


def has_unknown(value: Any) -> bool:
    """Tell whether some value is only known after another resource was deployed."""
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return isinstance(value, str) and value == UNKNOWN


def failures(error: ValidationError) -> list[Any]:
    """Tell the engine which inputs are wrong."""
    return [
        provider_pb2.CheckFailure(property=problem.field, reason=problem.message)
        for problem in problems(error)
    ]


def diff_response(found: Diff, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Any:
    """Tell the engine what differs, property by property."""
    kinds = provider_pb2.PropertyDiff
    detailed = {}
    for name, change in found.changes.items():
        word = "ADD" if name not in olds else "DELETE" if name not in news else "UPDATE"
        kind = getattr(kinds, f"{word}_REPLACE" if change.replace else word)
        detailed[name] = kinds(kind=kind, inputDiff=not change.drift)
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if detailed else provider_pb2.DiffResponse.DIFF_NONE,
        diffs=sorted(found.changes),
        replaces=sorted(name for name, change in found.changes.items() if change.replace),
        deleteBeforeReplace=found.delete_first,
        detailedDiff=detailed,
        hasDetailedDiff=True,
    )
