"""What each hook gives, and whether a run goes on without a plugin that gives something else."""

from __future__ import annotations

import inspect
import reprlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from clockwork.hook_types import (
    Check,
    CompletionTool,
    FoundResource,
    GuardRule,
    HealthCheck,
    LoadedFile,
    ModelBackend,
    Pin,
    PromptPart,
    Refusal,
)

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 80


class BrokenContractError(Exception):
    """A hook gave what it must not give; the message says so without naming the plugin."""


@dataclass(frozen=True)
class Contract:
    """What Clockwork and the plugins agree on about one hook.

    Attributes:
        expected: What a plugin must give, in words.
        fits: Whether something is one such result.
        single: Whether the hook gives one result, or nothing, rather than an iterable.
        name: Gives the name by which a result is sorted and told apart from others.
        unique: Whether the same name twice is an error.
        spares: Whether a run goes on without the results of a plugin that failed.
    """

    expected: str
    fits: Callable[[Any], bool]
    single: bool = False
    name: Callable[[Any], str] = attrgetter("name")
    unique: bool = True
    spares: bool = False

    def keep(self, hook: str, answer: Any) -> Any:
        """Hold a plugin's answer against the contract.

        Args:
            hook: The hook's name.
            answer: What the plugin's function returned.

        Returns:
            The answer of a hook that gives one result; of any other, the list of its results.

        Raises:
            BrokenContractError: The answer is not what the hook gives.
            Exception: What a generator raised.
        """
        if inspect.iscoroutine(answer) or inspect.isasyncgen(answer):
            if inspect.iscoroutine(answer):
                answer.close()
            raise BrokenContractError(f"{hook} is async; a hook is an ordinary function")
        if self.single:
            if answer is not None:
                self._check(hook, answer)
            return answer
        if answer is None:
            return []
        if not isinstance(answer, Iterable) or isinstance(answer, str | bytes | Mapping):
            raise self._broken(hook, answer)
        results = list(answer)
        for result in results:
            self._check(hook, result)
        return results

    def _check(self, hook: str, result: Any) -> None:
        if not self.fits(result):
            raise self._broken(hook, result)

    def _broken(self, hook: str, given: Any) -> BrokenContractError:
        return BrokenContractError(f"{hook} gave {_short.repr(given)}, expected {self.expected}")


def _is_resource_type(given: Any) -> bool:
    from clockwork.resources.base import Resource

    return isinstance(given, type) and issubclass(given, Resource)


def _is_found(given: Any) -> bool:
    from clockwork.resources.base import Resource

    return (
        isinstance(given, FoundResource) and _is_name(given.address) and isinstance(given.resource, Resource)
    )


def _is_provider(given: Any) -> bool:
    if not isinstance(given, type):
        return False
    from clockwork.providers.embedded import EmbeddedResource

    return issubclass(given, EmbeddedResource) and _is_name(given.type_token)


def _is_command(given: Any) -> bool:
    import click

    return isinstance(given, click.Command) and _is_name(given.name)


def _is_pulumi_resource(given: Any) -> bool:
    import pulumi

    return isinstance(given, pulumi.Resource)


def _is_assertion(given: Any) -> bool:
    from clockwork.assertions.base import Assertion

    return isinstance(given, Assertion) and _is_name(given.name)


def _is_pin(given: Any) -> bool:
    return (
        isinstance(given, Pin)
        and all(_is_name(one) for one in (given.kind, given.name, given.field, given.pattern))
        and callable(given.here)
        and callable(given.there)
    )


def _are_named_resources(given: Any) -> bool:
    from clockwork.resources.base import Resource

    return isinstance(given, list) and all(isinstance(one, Resource) and _is_name(one.name) for one in given)


def _is_container(given: Any) -> bool:
    return callable(getattr(given, "state", None)) and callable(getattr(given, "last_log_lines", None))


def _are_texts(*given: Any) -> bool:
    return all(isinstance(one, str) for one in given)


def _is_name(given: Any) -> bool:
    return isinstance(given, str) and bool(given)


CONTRACTS = {
    "clockwork_resource_types": Contract(
        "classes derived from Resource", _is_resource_type, name=attrgetter("__name__"), spares=True
    ),
    "clockwork_load_file": Contract(
        "a LoadedFile or None", lambda given: isinstance(given, LoadedFile), single=True
    ),
    "clockwork_discover_resources": Contract(
        "FoundResource objects, each with an address and a Resource",
        _is_found,
        name=attrgetter("address"),
        unique=False,
    ),
    "clockwork_completion_prompt": Contract(
        "PromptPart objects, each with a name and a text",
        lambda given: isinstance(given, PromptPart) and _is_name(given.name) and isinstance(given.text, str),
        spares=True,
    ),
    "clockwork_completion_tools": Contract(
        "CompletionTool objects, each with a name and a function",
        lambda given: isinstance(given, CompletionTool) and _is_name(given.name) and callable(given.function),
        spares=True,
    ),
    "clockwork_check_completion": Contract(
        "Refusal objects, each with a field and a reason",
        lambda given: isinstance(given, Refusal) and _are_texts(given.field, given.reason, given.rule),
        unique=False,
    ),
    "clockwork_verify_completion": Contract(
        "Check objects, each with a field, what it asks, and a function",
        lambda given: (
            isinstance(given, Check) and _are_texts(given.field, given.asks) and callable(given.run)
        ),
        unique=False,
    ),
    "clockwork_guard_rules": Contract(
        "GuardRule objects, each with a name and what it refuses",
        lambda given: isinstance(given, GuardRule) and _is_name(given.name) and _is_name(given.refuses),
    ),
    "clockwork_pins": Contract(
        "Pin objects, each with a kind, a name, a field, a pattern and two functions",
        _is_pin,
        name=lambda pin: f"{pin.field}: {pin.kind} {pin.name}",
    ),
    "clockwork_compile": Contract("a Pulumi resource or None", _is_pulumi_resource, single=True),
    "clockwork_providers": Contract(
        "classes derived from EmbeddedResource, each with a Pulumi type",
        _is_provider,
        name=attrgetter("type_token"),
        spares=True,
    ),
    "clockwork_commands": Contract("texts", lambda given: isinstance(given, str), name=str, unique=False),
    "clockwork_assertions": Contract("Assertion objects, each with a name", _is_assertion),
    "clockwork_container": Contract(
        "an object with the methods of Container, or None", _is_container, single=True
    ),
    "clockwork_connect": Contract(
        "a list of resources, each with a name, or None", _are_named_resources, single=True
    ),
    "clockwork_cli_commands": Contract("click commands, each with a name", _is_command, spares=True),
    "clockwork_model_backends": Contract(
        "ModelBackend objects, each with a name and three functions",
        lambda given: (
            isinstance(given, ModelBackend)
            and _is_name(given.name)
            and callable(given.fits)
            and callable(given.build)
            and callable(given.models)
        ),
    ),
    "clockwork_health_checks": Contract(
        "HealthCheck objects, each with a name and a function",
        lambda given: isinstance(given, HealthCheck) and _is_name(given.name) and callable(given.run),
        spares=True,
    ),
    "clockwork_observe": Contract("nothing", lambda given: False, single=True),
}
