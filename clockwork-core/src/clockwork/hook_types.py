"""The small typed objects that hooks take and give back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clockwork.resources.base import Resource
    from clockwork.settings import Settings


@dataclass(frozen=True)
class LoadedFile:
    """A file that declares resources, after it ran.

    Attributes:
        path: The absolute path of the file.
        names: What it defines, in order of definition.
    """

    path: Path
    names: Mapping[str, Any]


@dataclass(frozen=True)
class FoundResource:
    """A resource and where it stands in the user's file.

    Attributes:
        address: Such as ``article``, ``servers[0]`` or ``site["web"]``.
        resource: The object itself.
    """

    address: str
    resource: Resource


@dataclass(frozen=True)
class CompletionContext:
    """What is known around a resource that is being completed.

    Attributes:
        project: The folder of the user's file.
        missing: The fields the model is asked for.
        resources: All resources of the project, this one included, as far as they are known.
    """

    project: Path
    missing: tuple[str, ...]
    resources: tuple[Resource, ...] = ()


@dataclass(frozen=True)
class PromptPart:
    """A named paragraph of a question.

    Attributes:
        name: By what it is known.
        text: Its words.
        last: Whether it stands after the paragraphs of all plugins, as the wish does.
        answer: A good answer to it, as JSON; the paragraph is then another wish, for an example.
        circumstance: Whether it tells how things are here and now: the model sees it beside the wish, and
            another one is no other question.
    """

    name: str
    text: str
    last: bool = False
    answer: str = ""
    circumstance: bool = False


@dataclass(frozen=True)
class CompletionTool:
    """A named function the model may call."""

    name: str
    function: Callable[..., Any]


@dataclass(frozen=True)
class Refusal:
    """A value that must not be used, and why.

    Attributes:
        field: The field whose value is refused.
        reason: Why, in words that help a model or a person to a better value.
        rule: The rule of the guard that it breaks, which a project may relax; empty for a plain mistake.
        about: What the rule was held against, such as a path; a project may relax the rule for it alone.
    """

    field: str
    reason: str
    rule: str = ""
    about: str = ""

    @property
    def name(self) -> str:
        """The field, by which refusals are sorted."""
        return self.field


@dataclass(frozen=True)
class GuardRule:
    """A rule of the guard, by the name that refusals and a project's settings have for it.

    Attributes:
        name: Such as ``outside-project``.
        refuses: What it refuses, in a few words.
    """

    name: str
    refuses: str


class NotChecked(Exception):
    """A check cannot be made now; the message says why, such as ``the registry cannot be reached``."""


@dataclass(frozen=True)
class Check:
    """A question to the world outside about a value that a model chose.

    Attributes:
        field: The field that has the value.
        asks: What is found out, such as ``whether nginx:1.27 exists``.
        run: Finds it out, in a thread of its own, and gives the reason for a refusal, or ``None``. It may
            raise :class:`NotChecked`.
    """

    field: str
    asks: str
    run: Callable[[], str | None]

    @property
    def name(self) -> str:
        """Field and question, by which checks are sorted."""
        return f"{self.field}: {self.asks}"


@dataclass(frozen=True)
class Meaning:
    """What a name means now.

    Attributes:
        value: What it means exactly, such as a digest; ``None`` when that cannot be said.
        reason: Why it cannot be said.
    """

    value: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class Pin:
    """A name in a resource whose meaning may move, such as an image's tag.

    Attributes:
        kind: What sort of name it is, such as ``docker-image``.
        name: The name.
        field: The resource's field in which it stands.
        pattern: The regular expression that everything it can mean matches.
        here: Looks the name up on this machine, before anything else. ``None``: this machine does not know
            it. A meaning without a value: it is this machine's own, and is not pinned.
        there: Looks the name up where it comes from.
    """

    kind: str
    name: str
    field: str
    pattern: str
    here: Callable[[], Meaning | None]
    there: Callable[[], Meaning]


@dataclass(frozen=True)
class ListedModel:
    """A model that a backend can download.

    Attributes:
        name: What ``CW_MODEL`` is set to for it, such as ``local:qwen2.5-coder-1.5b``.
        about: What it is, in a line.
        size: Its bytes.
        is_here: Whether it was downloaded already.
        pull: Downloads it, unless it is there; told what is under way and how much of it is done, from 0 to
            1, and gives the file.
    """

    name: str
    about: str
    size: int
    is_here: bool
    pull: Callable[[Callable[[str, float | None], None]], Path]


def no_models() -> Iterable[ListedModel]:
    """List no models."""
    return ()


@dataclass(frozen=True)
class ModelBackend:
    """A named way to reach a language model.

    Attributes:
        name: Such as ``openai-compatible``.
        fits: Whether these settings ask for this backend.
        build: Makes the PydanticAI model.
        models: The models that ``clockwork models pull`` can download for it.
    """

    name: str
    fits: Callable[[Settings], bool]
    build: Callable[[Settings], Any]
    models: Callable[[], Iterable[ListedModel]] = no_models


@dataclass(frozen=True)
class Health:
    """How something is.

    Attributes:
        ok: Whether it is as it should be.
        message: One line that says how it is.
        hint: What to do when it is not.
    """

    ok: bool
    message: str
    hint: str | None = None


@dataclass(frozen=True)
class HealthCheck:
    """A named check of ``clockwork doctor``."""

    name: str
    run: Callable[[], Health]


@dataclass(frozen=True)
class Event:
    """Something that happened during a run.

    Attributes:
        kind: ``load.done``, ``completion.queued``, ``completion.asking``, ``completion.progress``,
            ``completion.waiting``, ``completion.done``, ``completion.failed``,
            ``pin.start``, ``pin.done``, ``pin.skipped``, ``engine.progress``, ``engine.start``,
            ``engine.recovered``, ``engine.unfinished``, ``engine.other_file``, ``resource.start``,
            ``resource.progress``, ``resource.done``, ``resource.failed``, ``engine.done``,
            ``assertion.start``, ``assertion.waiting`` or ``assertion.done``.
        address: The resource concerned, if there is one.
        data: More about it, by name; never a secret.
    """

    kind: str
    address: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
