"""How several failures of one completion are told together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clockwork.errors import ClockworkError, CompletionError, GuardError, LockError, ModelError, PluginError

_KINDS = (ModelError, GuardError, LockError, PluginError)


@dataclass(frozen=True)
class Failure:
    """A resource that could not be completed.

    Attributes:
        address: The resource.
        fields: Its fields that are still missing.
        error: Why.
    """

    address: str
    fields: tuple[str, ...]
    error: ClockworkError

    @property
    def missing(self) -> str:
        """The missing fields by address, such as ``article.name, article.mode``."""
        return ", ".join(f"{self.address}.{field}" for field in self.fields) or self.address


def together(failures: Sequence[Failure]) -> ClockworkError:
    """Make one error of all failures; what several resources share is said once.

    Args:
        failures: At least one.
    """
    first = failures[0].error
    if len(failures) == 1 and first.address is not None:
        return first
    kind = next(
        (k for k in _KINDS if all(isinstance(failure.error, k) for failure in failures)), CompletionError
    )
    reasons: dict[str, list[Failure]] = {}
    for failure in failures:
        reasons.setdefault(_reason(failure.error), []).append(failure)
    hints = dict.fromkeys(failure.error.hint for failure in failures if failure.error.hint)
    return kind(
        "\n".join(_told(reason, sharing) for reason, sharing in reasons.items()),
        address=failures[0].address if len(failures) == 1 else None,
        hint="\n".join(hints) or None,
    )


def _reason(error: ClockworkError) -> str:
    return f"{error.where}: {error.message}" if error.where else error.message


def _told(reason: str, sharing: Sequence[Failure]) -> str:
    if sharing[0].error.address is not None:
        return reason
    missing = "\n".join(f"  {failure.missing}" for failure in sharing)
    return f"{reason}; still missing:\n{missing}"
