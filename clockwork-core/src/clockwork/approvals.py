"""Commands that a language model had a part in: they run only after a person's word.

The word is a yes at the terminal, kept in the lock, or a rule of the project (``allow-commands``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from clockwork.errors import ApprovalError
from clockwork.placeholders import texts, written
from clockwork.provenance import Source
from clockwork.resources.base import Resource

_MORE_THAN_WORDS = frozenset(";&|<>$`(){}\\\n\r*?[]~#!\"'")
_WORD = re.compile(r"[^ \t]+")
_ANYTHING = "*"


@dataclass(frozen=True)
class Approvals:
    """What people allowed.

    Attributes:
        rules: Patterns of commands that may run, such as ``systemctl restart *``.
        given: Commands that a person said yes to, word for word.
    """

    rules: Sequence[str] = ()
    given: Collection[str] = ()

    def cover(self, command: str) -> bool:
        """Tell whether a command may run.

        Args:
            command: Its whole text.
        """
        return command in self.given or any(is_covered(command, rule) for rule in self.rules)


def is_covered(command: str, rule: str) -> bool:
    """Tell whether a rule allows a command.

    A rule is compared word for word, each with ``*``, ``?`` and ``[...]`` as in file names; a last word ``*``
    stands for all the words that follow. It never allows more than one plain command: what the shell would
    read as anything but a word, such as ``;``, ``|``, ``$`` or a quote, is allowed by no rule.

    Args:
        command: The whole text of a command.
        rule: Such as ``systemctl restart *``.
    """
    if _MORE_THAN_WORDS & set(command):
        return False
    words, patterns = _WORD.findall(command), rule.split()
    if words and "=" in words[0]:
        return False
    if patterns and patterns[-1] == _ANYTHING and len(words) >= len(patterns):
        words, patterns = words[: len(patterns) - 1], patterns[:-1]
    return len(words) == len(patterns) and all(map(fnmatchcase, words, patterns))


def shared_with_model(
    resource: Resource, commands: Iterable[str], known: Mapping[str, Resource]
) -> list[str]:
    """Give those commands of a resource that a language model had a part in.

    Of a resource with a value from a model, every command counts that is not, word for word, a field that the
    user wrote; and so does every command with a model's value of another resource in it.

    Args:
        resource: The completed resource.
        commands: What it has run.
        known: All resources, by address.
    """
    chosen = has_model_value(resource)
    own = {*_texts_of(resource, by_model=False)}
    referred = [known[address] for address in resource.links.resolved if address in known]
    others = {text for other in referred for text in _texts_of(other, by_model=True)}
    return [
        command
        for command in commands
        if (chosen and command not in own) or any(text and text in command for text in others)
    ]


def has_model_value(resource: Resource) -> bool:
    """Tell whether a language model decided a value of a resource.

    Args:
        resource: The completed resource.
    """
    return any(resource.provenance(name).source is Source.MODEL for name, _value in written(resource))


def refusal(resource: Resource, command: str) -> ApprovalError:
    """Word the error of a command that nobody allowed.

    Args:
        resource: Whose command it is.
        command: Its whole text.
    """
    return ApprovalError(
        f"a language model had a part in this command, and nobody allowed it:\n  {command}",
        address=resource.address,
        hint="Review it and answer yes to `clockwork apply` at a terminal, write the command yourself,"
        " or allow it for the project: [tool.clockwork] allow-commands.",
    )


def _texts_of(resource: Resource, *, by_model: bool) -> Iterator[str]:
    for name, value in written(resource):
        if (resource.provenance(name).source is Source.MODEL) is by_model:
            yield from texts(value)
