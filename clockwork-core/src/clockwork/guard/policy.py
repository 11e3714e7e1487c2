"""The guard of one project: all rules and checks of the plugins, less what the project allows."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clockwork.assertions.threads import in_thread
from clockwork.claims import clashing
from clockwork.errors import ClockworkError, UsageError
from clockwork.guard.rules import CONTROL_CHARACTER, CREDENTIAL, FOREIGN_VALUE
from clockwork.hook_types import CompletionContext, GuardRule, NotChecked, Refusal
from clockwork.plugins.calls import mistake
from clockwork.plugins.entry_points import described
from clockwork.project_table import line_of_text
from clockwork.resources.base import Resource
from clockwork.suggestions import unknown

if TYPE_CHECKING:
    from clockwork.plugins.info import Given
    from clockwork.plugins.manager import PluginManager

CHECK_SECONDS = 15.0
"""How long a check may take; the model waits for its reason meanwhile."""


_NOT_OFFERED = frozenset({"", CREDENTIAL, FOREIGN_VALUE, CONTROL_CHARACTER})
_PLAIN = re.compile(r"[\w./:@ -]+", re.ASCII)


@dataclass(frozen=True)
class Allowance:
    """What a project allows, as in ``outside-project: /srv/www/*``.

    Attributes:
        rule: The rule that is relaxed.
        pattern: What for, with ``*`` and ``?`` as in file names; everything when empty.
    """

    rule: str
    pattern: str = ""

    @classmethod
    def read(cls, text: str) -> Allowance:
        """Read what stands in the settings."""
        rule, _colon, pattern = text.partition(":")
        return cls(rule.strip(), pattern.strip())

    def covers(self, refusal: Refusal) -> bool:
        """Tell whether a refusal is of this rule and about something that the pattern matches."""
        return refusal.rule == self.rule and (not self.pattern or fnmatchcase(refusal.about, self.pattern))


@dataclass(frozen=True)
class Verdict:
    """What came of looking at new values.

    Attributes:
        refusals: The values that must not be used.
        unchecked: Why a check of a field could not be made.
    """

    refusals: tuple[Refusal, ...] = ()
    unchecked: Mapping[str, str] = field(default_factory=dict)


def way_to_allow(refusals: Sequence[Refusal]) -> str:
    """Say how a project allows what was refused; empty where some of it is nothing to allow.

    Args:
        refusals: What was refused.
    """
    if any(one.rule in _NOT_OFFERED for one in refusals):
        return ""
    texts = dict.fromkeys(
        f"{one.rule}: {one.about}" if _PLAIN.fullmatch(one.about) else one.rule for one in refusals
    )
    return f"allow it for the project: [tool.clockwork.guard] allow = {json.dumps([*texts])}"


class Guard:
    """Judges values that the user did not write."""

    def __init__(self, plugins: PluginManager, allowed: Sequence[Allowance] = ()) -> None:
        """Prepare; see :meth:`of_project`.

        Args:
            plugins: The plugins that have rules and checks.
            allowed: What the project allows.
        """
        self._plugins = plugins
        self._allowed = allowed
        self._claims: dict[str, set[str]] = {}

    @classmethod
    def of_project(cls, plugins: PluginManager, allow: Sequence[str], folder: Path) -> Guard:
        """Make the guard of a project.

        Args:
            plugins: The plugins that have rules and checks.
            allow: What stands in ``[tool.clockwork.guard] allow``.
            folder: The project's folder.

        Raises:
            UsageError: A rule is named that does not exist.
        """
        allowed = [Allowance.read(text) for text in allow]
        if allowed:
            rules: list[GuardRule] = plugins.results("clockwork_guard_rules")
            for text, one in zip(allow, allowed, strict=True):
                if one.rule not in {rule.name for rule in rules}:
                    raise _unknown_rule(one.rule, text, rules, folder / "pyproject.toml")
        return cls(plugins, allowed)

    def refusals(
        self, resource: Resource, values: Mapping[str, Any], context: CompletionContext
    ) -> list[Refusal]:
        """Hold values against the rules; nothing but the values is looked at.

        Args:
            resource: The completed resource.
            values: The values that did not come from the user, by field.
            context: The missing fields and the other resources of the project.
        """
        found: list[Refusal] = self._plugins.results(
            "clockwork_check_completion", resource=resource, values=values, context=context
        )
        return [one for one in found if not any(rule.covers(one) for rule in self._allowed)]

    async def verdict(
        self, resource: Resource, values: Mapping[str, Any], context: CompletionContext
    ) -> Verdict:
        """Hold new values against the world outside, all checks at once.

        Args:
            resource: The completed resource.
            values: The new values, by field.
            context: The missing fields and the other resources of the project.

        Raises:
            PluginError: A check failed in a way that it did not mean to.
        """
        asked = self._plugins.ask(
            "clockwork_verify_completion", resource=resource, values=values, context=context
        ).usable()
        outcomes = await asyncio.gather(*(_made(one, resource) for one in asked))
        unchecked: dict[str, str] = {}
        for one, outcome in zip(asked, outcomes, strict=True):
            if isinstance(outcome, NotChecked):
                unchecked.setdefault(one.result.field, f"{one.result.asks}: {outcome}")
        return Verdict(tuple(one for one in outcomes if isinstance(one, Refusal)), unchecked)

    def claim(self, resource: Resource, others: Collection[Resource] = ()) -> list[Refusal]:
        """Let a resource have the real things that it claims, if no other has them.

        Args:
            resource: The completed resource.
            others: The project's resources, as far as they were known before the run.

        Returns:
            One refusal for each thing that another resource has; nothing is claimed then.
        """
        wanted = set(resource.claims())
        theirs = {other.address: {*other.claims()} for other in others} | self._claims
        taken = [
            Refusal("", f"it would claim {claim}, which {address} has; choose another")
            for address, claims in theirs.items()
            if address != resource.address
            for claim in clashing(wanted, claims)
        ]
        if not taken:
            self._claims[resource.address] = wanted
        return taken


async def _made(given: Given, resource: Resource) -> Refusal | NotChecked | None:
    check = given.result
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            reason = await in_thread(check.run)
    except TimeoutError:
        return NotChecked(f"no answer within {CHECK_SECONDS:g} s")
    except NotChecked as reason_not:
        return reason_not
    except ClockworkError as error:
        return NotChecked(error.message)
    except Exception as error:
        what = f"the check {check.asks!r} raised {described(error)}"
        raise mistake(given.origin, what, resource) from error
    return Refusal(check.field, reason) if reason else None


def _unknown_rule(rule: str, text: str, rules: Sequence[GuardRule], file: Path) -> UsageError:
    names = [one.name for one in rules]
    return UsageError(
        unknown("there is no rule", rule, names),
        file=file,
        line=line_of_text(file, text),
        field="tool.clockwork.guard.allow",
        hint=f"The rules are {', '.join(names)}.",
    )
