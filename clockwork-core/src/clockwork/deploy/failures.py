"""Makes one error of what the engine, the providers and the program reported."""

from __future__ import annotations

import re

from pulumi import automation as auto

from clockwork.deploy.changes import EventLog, package_of
from clockwork.errors import ClockworkError, DeployError
from clockwork.providers.host import ProviderHost
from clockwork.providers.wire import message_of, nothing_builds, split_urn
from clockwork.state.messages import engine_message


def failure_of(
    error: auto.CommandError, log: EventLog, host: ProviderHost, program_error: BaseException | None
) -> ClockworkError:
    """Say what went wrong in a run, by resource.

    Args:
        error: The engine's failed command.
        log: Its events.
        host: The providers, with what they raised.
        program_error: What the program raised, if it did.
    """
    urns = [urn for urn in dict.fromkeys([*log.failed, *host.failures, *log.messages]) if urn]
    told = {log.address_of(urn): _told(urn, log, host) for urn in urns}
    if told and isinstance(program_error, ClockworkError) and program_error.address:
        told[program_error.address] = message_of(program_error)
    if told:
        return _of_resources(told, log)
    if isinstance(program_error, ClockworkError):
        return program_error
    if program_error is not None and not _is_of_the_engine(program_error):
        return DeployError(f"{type(program_error).__name__}: {program_error}", hint=_SEE_DEBUG)
    general = log.messages.get("", [])
    for unloaded in filter(None, map(_UNLOADED.search, general)):
        return DeployError(
            _not_built(unloaded["urn"], unloaded["reason"]), address=log.address_of(unloaded["urn"])
        )
    return DeployError("\n".join(dict.fromkeys(general)) or engine_message(error))


_OWN_PACKAGE = "clockwork"
_UNLOADED = re.compile(r"could not load provider for resource (?P<urn>urn:.+?): (?P<reason>.*)", re.DOTALL)
_SEE_DEBUG = "Run again with --debug to see where it was raised."


def _told(urn: str, log: EventLog, host: ProviderHost) -> str:
    if urn in host.failures:
        return message_of(host.failures[urn])
    text = "\n".join(dict.fromkeys(log.messages.get(urn, []))) or "it failed without a word"
    return text if package_of(urn) is None else _not_built(urn, text)


def _not_built(urn: str, reason: str) -> str:
    kind = split_urn(urn)[0]
    package = package_of(urn) or kind.split(":")[0]
    if package == _OWN_PACKAGE:
        return message_of(nothing_builds(kind))
    return (
        f"nothing here builds the Pulumi package {package!r}: {reason}\n"
        f"Install the plugin or the provider program that does: `pulumi plugin install resource {package}`."
    )


def _of_resources(told: dict[str, str], log: EventLog) -> DeployError:
    (address, text), *others = told.items()
    if not others:
        return DeployError(text, address=address)
    listed = "\n".join(f"  {name}: {reason}".replace("\n", "\n    ") for name, reason in told.items())
    total = len({*log.planned, *log.done, *log.failed}) or len(told)
    return DeployError(f"{len(told)} of {total} resources failed:\n{listed}", address=address)


def _is_of_the_engine(error: BaseException) -> bool:
    import grpc

    return isinstance(error, grpc.RpcError)
