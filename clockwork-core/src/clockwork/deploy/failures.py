"""Makes one error of what the engine, the providers and the program reported."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pulumi import automation as auto

from clockwork.deploy.changes import EventLog
from clockwork.deploy.steps import package_of
from clockwork.errors import ClockworkError, DeployError
from clockwork.providers.host import ProviderHost
from clockwork.providers.registration import RegistrationLost
from clockwork.providers.wire import message_of, nothing_builds, split_urn
from clockwork.state.messages import engine_message


def errors_of(log: EventLog, host: ProviderHost, program_error: BaseException | None) -> dict[str, str]:
    """Say why resources failed, by address.

    Args:
        log: The events of the run.
        host: The providers, with what they raised.
        program_error: What the program raised, if it did.
    """
    urns = [urn for urn in dict.fromkeys([*log.failed, *host.failures, *log.messages, *log.unloaded]) if urn]
    told: dict[str, str] = {}
    for urn in sorted(urns, key=lambda urn: urn not in host.failures):
        # What was to follow at the same address only misses what failed.
        told.setdefault(log.address_of(urn), _told(urn, log, host))
    if isinstance(program_error, ClockworkError) and program_error.address:
        told[program_error.address] = message_of(program_error)
    return told


def failure_of(
    error: auto.CommandError,
    log: EventLog,
    errors: Mapping[str, str],
    program_error: BaseException | None,
) -> ClockworkError:
    """Make one error of what went wrong in a run.

    Args:
        error: The engine's failed command.
        log: Its events.
        errors: Why resources failed, by address.
        program_error: What the program raised, if it did.
    """
    if isinstance(program_error, ClockworkError) and not set(errors) - {program_error.address}:
        return program_error
    if errors:
        return of_resources(errors, log)
    if program_error is not None and not _is_of_the_engine(program_error):
        return DeployError(f"{type(program_error).__name__}: {program_error}", hint=_SEE_DEBUG)
    general = dict.fromkeys(log.messages.get("", []))
    causes = [text for text in general if _STOPPING not in text] or [*general]
    return DeployError("\n".join(causes) or engine_message(error))


def of_resources(told: Mapping[str, str], log: EventLog) -> DeployError:
    """Make one error of what went wrong with resources.

    Args:
        told: Why they failed, by address.
        log: The events of the run.
    """
    (address, text), *others = told.items()
    if not others:
        return DeployError(text, address=address)
    listed = "\n".join(f"  {name}: {reason}".replace("\n", "\n    ") for name, reason in told.items())
    total = len({*log.planned, *log.started, *log.failed}) or len(told)
    return DeployError(f"{len(told)} of {total} resources failed:\n{listed}", address=address)


_OWN_PACKAGE = "clockwork"
_MISSING = re.compile(r"no resource plugin|could not automatically download", re.IGNORECASE)
_VERSION = re.compile(r"at version v(\d[\w.+-]*)")
_SEE_DEBUG = "Run again with --debug to see where it was raised."
_STOPPING = "Resource monitor has terminated"
"""What the SDK says of an engine that has stopped for a reason of its own."""


def _told(urn: str, log: EventLog, host: ProviderHost) -> str:
    if urn in host.failures:
        return message_of(host.failures[urn])
    if urn in log.unloaded:
        return _not_built(urn, log.unloaded[urn], log, host)
    text = "\n".join(dict.fromkeys(log.messages.get(urn, []))) or "it failed without a word"
    return text if package_of(urn) is None else _not_built(urn, text, log, host)


def _not_built(urn: str, reason: str, log: EventLog, host: ProviderHost) -> str:
    kind = split_urn(urn)[0]
    package = package_of(urn) or kind.split(":")[0]
    if package == _OWN_PACKAGE:
        wanted = (user for user, _name in log.owners if user.split(":")[0] == package)
        return message_of(nothing_builds(next(wanted, kind)))
    version = _VERSION.search(reason)
    released = f" {version[1]}" if version else ""
    if _MISSING.search(reason):
        sought = "neither on PATH nor among Pulumi's plugins"
        tried = ", and could not be downloaded" if "download" in reason else ""
        reason = f"its program pulumi-resource-{package}{released} is {sought}{tried}"
    install = f"`pulumi plugin install resource {package}{released}`"
    hint = f"Install the plugin or the provider program that does: {install}."
    if package in host.left_out:
        hint = (
            f"Run {install} where there is internet access, or put the program on PATH; "
            "or deploy with Clockwork's own provider: --providers embedded."
        )
    return f"nothing here builds the Pulumi package {package!r}: {reason}\n{hint}"


def _is_of_the_engine(error: BaseException) -> bool:
    return isinstance(error, RegistrationLost) or _STOPPING in str(error)
