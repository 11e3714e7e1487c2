"""What is so around a resource when a model is asked: shown to the model, and no part of what is wished."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from clockwork.hook_types import CompletionContext, PromptPart
from clockwork.resources.base import Resource

_HAS_A_NAME = re.compile(r"\b(called|named)\b", re.IGNORECASE)
_OF_THE_PROJECT = re.compile(r"\b(project|repository|repo|readme)\b", re.IGNORECASE)


def circumstances(name: str, facts: Iterable[str]) -> Iterator[PromptPart]:
    """Make facts a part of a question: shown to the model, without making it another question.

    Args:
        name: The part's name, as no other plugin calls its own.
        facts: Short sentences; nothing is said where there are none.
    """
    if lines := "\n".join(f"Known: {fact}" for fact in facts):
        yield PromptPart(name, lines, circumstance=True)


def project_facts(resource: Resource, context: CompletionContext) -> Iterator[str]:
    """Tell what the project is called, where the wish speaks of it and gives no name itself.

    Elsewhere the name would only tempt a small model to write about it.

    Args:
        resource: The resource as it is known.
        context: The project.
    """
    wish = resource.description or ""
    if _OF_THE_PROJECT.search(wish) and not _HAS_A_NAME.search(wish):
        yield f"the project is called {_name_of(context.project)}"


def without(parts: Iterable[PromptPart]) -> list[PromptPart]:
    """Give the parts of a question that make it the question it is.

    Args:
        parts: The parts of all plugins.
    """
    return [part for part in parts if not part.circumstance]


def placed(parts: Sequence[PromptPart]) -> list[PromptPart]:
    """Put the circumstances in front of the wish, or of a question that has none apart.

    What stands last is followed most, and that is to be the wish and what is known for it.

    Args:
        parts: The parts of all plugins, in the order of the plugins' names.
    """
    told = "\n".join(part.text for part in parts if part.circumstance)
    others = without(parts)
    if not told:
        return others
    for place, part in enumerate(others):
        if part.last and not part.answer:
            others[place] = replace(part, text=f"{told}\n{part.text}")
            return others
    return [PromptPart("circumstances", told), *others]


def _name_of(project: Path) -> str:
    """Give the name in the project's ``pyproject.toml``, else its folder's."""
    try:
        table = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
        named = table["project"]["name"]
    except (OSError, ValueError, KeyError, TypeError):
        named = None
    return named if isinstance(named, str) and named.isprintable() else project.name
